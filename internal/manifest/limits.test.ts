import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { formatFault } from './fault.ts';
import { MANIFEST_LIMITS } from './limits.ts';
import { readManifests } from './read.ts';
import { faultLines } from './testing/fault-lines.ts';
import { GOOD } from './testing/good.ts';

const MIB = MANIFEST_LIMITS.bytes;
const QUARTER = MIB / 4;

/** ms of processor time, which other programs do not add to. */
function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function leastCpuMs(runs: number, work: () => void): number {
  return Math.min(...Array.from({ length: runs }, () => cpuMs(work)));
}

function firstLine(text: string): string | undefined {
  const [fault] = readManifests(text, 'a.yaml').faults;
  return fault && formatFault(fault);
}

describe('limits', () => {
  it('refuses a file of 2 MB in milliseconds, and says the limit', () => {
    const text = `a: "${'x'.repeat(2_000_000)}"`;
    expect(firstLine(text)).toBe(
      'a.yaml:1:1: the file is too large: at most 1048576 bytes (1 MiB); split it',
    );
    const whole = cpuMs(() => readManifests('- name: one\n'.repeat(MIB / 16), 'a.yaml'));
    expect(10 * leastCpuMs(5, () => readManifests(text, 'a.yaml'))).toBeLessThan(whole);
  });

  it('counts bytes, not characters', () => {
    const text = `a: "${'é'.repeat(MIB / 2)}"`;
    expect(firstLine(text)).toContain('too large');
    expect(firstLine(`a: "${'x'.repeat(MIB - 5)}"`)).toBeUndefined();
  });

  it('reads a small manifest in little more time than its parser, broken or not', () => {
    const parsed = leastCpuMs(20, () => parseAllDocuments(GOOD));
    expect(leastCpuMs(20, () => faultLines(GOOD, 'good.yaml'))).toBeLessThan(10 * parsed);
    const cut = GOOD.slice(0, -40);
    expect(leastCpuMs(20, () => faultLines(cut, 'cut.yaml'))).toBeLessThan(10 * parsed);
  });

  // A second or so; in quadratic time it would be many.
  it.each([
    ['tasks', `tasks:\n${'- name: one\n  args: [a, b]\n'.repeat(QUARTER / 32)}`],
    ['different keys', Array.from({ length: 23_000 }, (_, i) => `k${i}: 1\n`).join('')],
    ['one key', 'k: 1\n'.repeat(QUARTER / 8)],
    ['aliases', `a: &a 1\nb: [${'*a,'.repeat(QUARTER / 8)}]`],
  ])('reads 256 KiB of %s in linear time', (_what, text) => {
    expect(text.length).toBeLessThanOrEqual(QUARTER);
    expect(cpuMs(() => readManifests(text, 'a.yaml'))).toBeLessThan(5000);
  });

  it.each([
    ['brackets', '['.repeat(MIB)],
    ['closing brackets', ']'.repeat(MIB)],
    ['list marks', '- '.repeat(MIB / 2)],
    ['braces', '{a: '.repeat(MIB / 4)],
  ])('refuses 1 MiB of %s in linear time', (_what, text) => {
    expect(text.length).toBeLessThanOrEqual(MIB);
    expect(cpuMs(() => readManifests(text, 'a.yaml'))).toBeLessThan(10_000);
  });
});
