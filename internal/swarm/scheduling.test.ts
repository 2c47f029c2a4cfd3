import { describe, expect, it } from 'vitest';
import type { ObservedNode } from './engine.ts';
import { suits } from './scheduling.ts';

const node: ObservedNode = {
  ...{ id: 'abc', hostname: 'Host1', state: 'ready', availability: 'active' },
  ...{ version: 1, updatedAt: 0, platform: 'linux/x86_64' },
  attributes: { 'node.role': 'worker', 'node.ip': '10.0.0.1', 'node.labels.Zone': 'a' },
};

describe('a node', () => {
  it.each([
    'node.id==abc',
    'node.id != abd',
    'node.hostname==host1',
    'node.role==worker',
    'node.role!=manager',
    'node.platform.os==linux',
    'node.platform.arch==x86_64',
    'node.labels.Zone==A',
    'NODE.LABELS.Zone==a',
    'node.labels.zone!=a',
    'engine.labels.gpu!=yes',
    'node.ip==10.0.0.1',
  ])('suits %s', (constraint) => {
    expect(suits(node, { constraints: [constraint] })).toBe(true);
  });

  it.each([
    'node.id==abd',
    'node.id!=ABC',
    'node.role!=worker',
    'node.labels.zone==a',
    'node.labels.Zone!=a',
    'engine.labels.gpu==yes',
    'node.unknown==x',
    'constructor==x',
    'no constraint',
  ])('does not suit %s', (constraint) => {
    expect(suits(node, { constraints: [constraint] })).toBe(false);
  });

  it('suits all constraints or none, and any without them', () => {
    expect(suits(node, {})).toBe(true);
    expect(suits(node, { constraints: ['node.id==abc', 'node.role==worker'] })).toBe(true);
    expect(suits(node, { constraints: ['node.id==abc', 'node.role==manager'] })).toBe(false);
  });

  it('suits one of the platforms, by the names of Go too', () => {
    const other = { os: 'windows', architecture: 'amd64' };
    expect(suits(node, { platforms: [other, { os: 'linux', architecture: 'amd64' }] })).toBe(true);
    expect(suits(node, { platforms: [{ architecture: 'x86_64' }] })).toBe(true);
    expect(suits(node, { platforms: [{ os: 'linux', architecture: 'arm64' }] })).toBe(false);
    expect(suits(node, { platforms: [other] })).toBe(false);
    expect(suits(node, { platforms: [{ architecture: 'constructor' }] })).toBe(false);
  });
});
