import { describe, expect, it } from 'vitest';
import { observedNode, observedTask } from './translate.ts';

describe('what is observed', () => {
  it('of a node is what placement can ask for, each named resource counted once', () => {
    const GenericResources = [
      { DiscreteResourceSpec: { Kind: 'fpga', Value: 3 } },
      { NamedResourceSpec: { Kind: 'gpu', Value: 'gpu-1' } },
      { NamedResourceSpec: { Kind: 'gpu', Value: 'gpu-2' } },
    ];
    const Platform = { OS: 'linux', Architecture: 'x86_64' };
    const node = observedNode({
      ID: 'n',
      Description: { Platform, Resources: { GenericResources } },
    });
    expect(node).toMatchObject({
      platform: 'linux/x86_64',
      genericResources: { fpga: 3, gpu: 2 },
    });
    expect(observedNode({ ID: 'n' })).not.toHaveProperty('platform');
  });

  it('of a node is what constraints can ask for, by their keys', () => {
    const node = observedNode({
      ID: 'n',
      Spec: { Role: 'manager', Labels: { Zone: 'a' } },
      Status: { Addr: '10.0.0.1' },
      Description: { Engine: { Labels: { gpu: 'yes' } } },
    });
    expect(node.attributes).toEqual({
      'node.role': 'manager',
      'node.ip': '10.0.0.1',
      'node.labels.Zone': 'a',
      'engine.labels.gpu': 'yes',
    });
  });

  it('of a task are the nodes that its constraints keep it from, whoever wrote them so', () => {
    const Constraints = ['node.id!=abc', 'node.id==def', 'node.role!=manager'];
    expect(observedTask({ Spec: { Placement: { Constraints } } })).toMatchObject({
      excluded: ['abc'],
    });
    expect(observedTask({ Spec: { Placement: { Constraints: null } } })).not.toHaveProperty(
      'excluded',
    );
  });
});
