import { describe, expect, it } from 'vitest';
import { followFrames } from './log-follow.ts';

function frame(type: number, body: string): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(Buffer.byteLength(body), 4);
  return Buffer.concat([header, Buffer.from(body)]);
}

async function* cut(bytes: Buffer, step: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < bytes.length; i += step) yield bytes.subarray(i, i + step);
}

/** What a follower gets of a log that comes in pieces of `step` bytes. */
async function follow(bytes: Buffer, step = 1000) {
  const got = { stdout: '', stderr: '' };
  const ended = followFrames(cut(bytes, step), (stream, piece) => {
    got[stream] += piece.toString();
  });
  const error: unknown = await ended.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { ...got, error };
}

const LOG = Buffer.concat([frame(1, 'one\n'), frame(2, 'oops\n'), frame(1, ''), frame(1, 'two')]);

describe('followFrames', () => {
  it.each([1, 2, 3, 7, 8, 9, 1000])(
    'gives each stream its bytes, cut every %i bytes',
    async (step) => {
      expect(await follow(LOG, step)).toEqual({
        stdout: 'one\ntwo',
        stderr: 'oops\n',
        error: undefined,
      });
    },
  );

  it.each([1, 1000])('fails with the words of the engine, cut every %i bytes', async (step) => {
    const words = frame(3, 'node n1 is not available\n');
    const { stdout, error } = await follow(Buffer.concat([LOG, words, frame(1, 'never')]), step);
    expect(stdout).toBe('one\ntwo');
    expect(error).toMatchObject({ code: 'Unavailable', message: 'node n1 is not available' });
  });

  it.each([
    ['within a frame', frame(1, 'abc').subarray(0, 10), 'the log ended within a frame'],
    ['of an unknown type', frame(7, 'abc'), 'the log has a frame of unknown type 7'],
  ])('fails for a log that ends or is %s', async (_what, bytes, message) => {
    expect((await follow(bytes)).error).toMatchObject({ code: 'Unavailable', message });
  });

  it('reads no further while its reader is held up', async () => {
    let read = 0;
    async function* source(): AsyncGenerator<Buffer> {
      for (; ; read++) yield frame(1, 'x');
    }
    const stop = new Error('enough');
    let seen = 0;
    const following = followFrames(source(), async () => {
      await Promise.resolve();
      expect(read).toBe(seen);
      seen++;
      if (seen === 5) throw stop;
    });
    await expect(following).rejects.toBe(stop);
  });
});
