import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../clock/fake-clock.ts';
import { OutputWriter } from './output-writer.ts';

function world(highWaterMark = 1_000_000) {
  const [stdout, stderr] = [new PassThrough({ highWaterMark }), new PassThrough()];
  const stop = new AbortController();
  const io = {
    argv: [],
    env: {},
    stdin: new PassThrough(),
    stdout,
    stderr,
    signals: new PassThrough(),
    clock: new FakeClock(),
    version: '1',
  };
  return { stdout, stderr, stop, writer: new OutputWriter(io, stop.signal) };
}

describe('writing output', () => {
  it('leaves every byte as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 })), async (pieces) => {
        const { stdout, writer } = world();
        for (const piece of pieces) await writer.write('stdout', piece);
        await writer.end();
        const read = (stdout.read() as Buffer | null) ?? Buffer.alloc(0);
        expect(read.equals(Buffer.concat(pieces))).toBe(true);
      }),
    );
  });

  it('waits for a reader that is slow', async () => {
    const { stdout, writer } = world(10);
    let written = false;
    const writing = writer.write('stdout', Buffer.alloc(100)).then(() => {
      written = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBe(false);
    stdout.resume();
    await writing;
  });

  it('stops waiting when the program is to end', async () => {
    const { stop, writer } = world(10);
    const writing = writer.write('stdout', Buffer.alloc(100));
    stop.abort();
    await writing;
  });

  it('writes nothing to a stream that is broken', async () => {
    const { stdout, stderr, writer } = world();
    stdout.destroy();
    await writer.write('stdout', Buffer.from('lost'));
    writer.note('a\u001b[2Jb');
    expect(String(stderr.read())).toBe('swarmerctl: a\\x1b[2Jb\n');
  });
});
