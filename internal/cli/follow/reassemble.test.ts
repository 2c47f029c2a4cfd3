import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Chunk, Reassembly } from './reassemble.ts';

const chunk = (text: string, offset: number, over: Partial<Chunk> = {}): Chunk => ({
  attempt: 1,
  stream: 'stdout',
  offset,
  bytes: Buffer.from(text),
  ...over,
});

function told(reassembly: Reassembly, given: Chunk) {
  const fresh = reassembly.add(given);
  return fresh && [fresh.missing, Buffer.from(fresh.bytes).toString()];
}

describe('putting a stream together', () => {
  it('passes on what follows', () => {
    const log = new Reassembly();
    expect(told(log, chunk('ab', 0))).toEqual([0, 'ab']);
    expect(told(log, chunk('cd', 2))).toEqual([0, 'cd']);
  });

  it('drops what came before', () => {
    const log = new Reassembly();
    log.add(chunk('abcd', 0));
    expect(log.add(chunk('ab', 0))).toBeUndefined();
    expect(told(log, chunk('cdef', 2))).toEqual([0, 'ef']);
  });

  it('tells how many bytes never came', () => {
    const log = new Reassembly();
    expect(told(log, chunk('xy', 100))).toEqual([100, 'xy']);
    expect(told(log, chunk('z', 110))).toEqual([8, 'z']);
  });

  it('keeps the streams apart', () => {
    const log = new Reassembly();
    log.add(chunk('out', 0));
    expect(told(log, chunk('err', 0, { stream: 'stderr' }))).toEqual([0, 'err']);
  });

  it('begins anew with an attempt, and hears no more of earlier ones', () => {
    const log = new Reassembly();
    log.add(chunk('first', 0));
    expect(log.begin(2)).toBe(true);
    expect(log.begin(2)).toBe(false);
    expect(told(log, chunk('second', 0, { attempt: 2 }))).toEqual([0, 'second']);
    expect(log.add(chunk('first, late', 0, { attempt: 1 }))).toBeUndefined();
    expect(told(log, chunk('third', 0, { attempt: 3 }))).toEqual([0, 'third']);
  });

  it('gives every byte once however often the connection is lost', () => {
    const whole = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyz');
    const pieces = fc.array(fc.tuple(fc.nat(whole.length), fc.nat(whole.length)), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(pieces, (cuts) => {
        const log = new Reassembly();
        let [text, reached] = ['', 0];
        for (const [from, length] of [...cuts, [0, whole.length] as const]) {
          // The server never leaves a hole of its own.
          const offset = Math.min(from, reached);
          const bytes = whole.subarray(offset, offset + length);
          text += Buffer.from(log.add({ ...chunk('', offset), bytes })?.bytes ?? []).toString();
          reached = Math.max(reached, offset + bytes.length);
        }
        expect(text).toBe(whole.toString());
      }),
    );
  });
});
