import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogFrames, settledLog } from './log-frames.ts';

function frame(stream: number, body: Uint8Array | string): Buffer {
  const bytes = Buffer.from(body);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

function read(limit: number, ...chunks: Buffer[]) {
  const frames = new LogFrames(limit);
  for (const chunk of chunks) frames.push(chunk);
  return frames.output();
}

describe('LogFrames', () => {
  it('gives each stream its bytes, however the frames are cut', () => {
    const frames = fc.array(
      fc.record({ stream: fc.constantFrom(1, 2), body: fc.uint8Array({ maxLength: 40 }) }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 9 }), (list, step) => {
        const whole = Buffer.concat(list.map(({ stream, body }) => frame(stream, body)));
        const chunks: Buffer[] = [];
        for (let i = 0; i < whole.length; i += step) chunks.push(whole.subarray(i, i + step));
        const output = read(1000, ...chunks);
        for (const [stream, bytes] of [
          [1, output.stdout],
          [2, output.stderr],
        ] as const) {
          const bodies = list.filter((it) => it.stream === stream).map(({ body }) => body);
          expect(bytes).toEqual(Buffer.concat(bodies));
        }
        expect(output.summary.log).toEqual({ state: 'complete' });
      }),
    );
  });

  it('keeps the last bytes and says how many there were', () => {
    const { summary, stdout } = read(4, frame(1, 'abc'), frame(1, 'defg'));
    expect(stdout.toString()).toBe('defg');
    expect(summary.stdout).toEqual({ bytes: 7, truncated: true });
    expect(summary.log).toEqual({ state: 'truncated' });
  });

  it('shows a failure of the engine within the stream as unavailable, with what came before', () => {
    const { summary, stdout } = read(
      100,
      frame(1, 'so far'),
      frame(3, 'error from daemon: gone\n'),
    );
    expect(stdout.toString()).toBe('so far');
    expect(summary.log).toEqual({ state: 'unavailable', reason: 'error from daemon: gone' });
  });

  it.each([
    ['within a frame', frame(1, 'abcdef').subarray(0, 10), 'the log ended within a frame'],
    ['within a header', frame(1, 'a').subarray(0, 5), 'the log ended within a frame'],
    ['of an unknown stream', frame(9, 'abc'), 'the log has a frame of unknown type 9'],
  ])('a log that breaks off or is garbled (%s) is not complete', (_what, bytes, reason) => {
    expect(read(100, bytes).summary.log).toEqual({ state: 'unavailable', reason });
  });

  it('an empty log is complete and empty', () => {
    const { summary } = read(100);
    expect(summary).toEqual({
      stdout: { bytes: 0, truncated: false },
      stderr: { bytes: 0, truncated: false },
      log: { state: 'complete' },
    });
  });
});

describe('settledLog', () => {
  it.each([
    'node abc is not available',
    'node abc disconnected unexpectedly',
    'Error grabbing logs: rpc error: code = Unknown desc = context canceled',
    'Error grabbing logs: rpc error: code = Unavailable desc = transport is closing',
  ])('takes what passes for no answer: %s', (words) => {
    expect(() => settledLog(read(100, frame(3, words)))).toThrow(words);
  });

  it('takes other failures for the answer', () => {
    const lasting = read(100, frame(3, 'the log driver cannot be read'));
    expect(settledLog(lasting)).toBe(lasting);
  });
});
