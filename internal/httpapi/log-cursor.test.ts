import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskResult } from '../apis/index.ts';
import type { TaskView } from '../store/ports.ts';
import { LogCursor, type LogPiece } from './log-cursor.ts';

const chunk = (text: string, offset: number, attempt = 1) => {
  return { attempt, stream: 'stdout', offset, data: Buffer.from(text) } as const;
};

/** The pieces in a few words. */
function words(pieces: Iterable<LogPiece>): string[] {
  return [...pieces].map((piece) => {
    if (piece.kind === 'attempt') return `attempt ${piece.attempt}`;
    if (piece.kind === 'gap') return `gap ${piece.offset}+${piece.bytes}`;
    return `${piece.offset} ${piece.data.toString()}`;
  });
}

/** A task that is counted, of whose stdout the last bytes were kept. */
function counted(stdout: string, kept = stdout.length, attempts = 1): TaskView {
  const result: TaskResult = {
    verdict: { outcome: 'Succeeded', exitStatus: 0, source: 'service' },
    output: {
      stdout: { bytes: stdout.length, truncated: kept < stdout.length },
      stderr: { bytes: 0, truncated: false },
      log: { state: 'complete' },
    },
    ...{ attempts, losses: 0 },
  };
  const bytes = Buffer.from(stdout).subarray(stdout.length - kept);
  const spec = { name: 'one', args: [] };
  return { index: 0, spec, result, stdout: bytes, stderr: Buffer.alloc(0) };
}

describe('a cursor in a log', () => {
  it('tells each attempt once, before its first bytes', () => {
    const cursor = new LogCursor();
    expect(words(cursor.begin(1))).toEqual(['attempt 1']);
    expect(words(cursor.take(chunk('ab', 0)))).toEqual(['0 ab']);
    expect(words(cursor.take(chunk('cd', 0, 2)))).toEqual(['attempt 2', '0 cd']);
    expect(words(cursor.begin(2))).toEqual([]);
  });

  it('drops what comes again, and what comes of an earlier attempt', () => {
    const cursor = new LogCursor();
    expect(words(cursor.take(chunk('abcd', 0)))).toEqual(['attempt 1', '0 abcd']);
    expect(words(cursor.take(chunk('ab', 0)))).toEqual([]);
    expect(words(cursor.take(chunk('cdef', 2)))).toEqual(['4 ef']);
    expect(words(cursor.begin(2))).toEqual(['attempt 2']);
    expect(words(cursor.take(chunk('late', 6)))).toEqual([]);
  });

  it('names what is missing, and goes on behind it', () => {
    const cursor = new LogCursor();
    expect(words(cursor.take(chunk('ef', 4)))).toEqual(['attempt 1', 'gap 0+4', '4 ef']);
    expect(words(cursor.take(chunk('gh', 6)))).toEqual(['6 gh']);
  });

  it('cuts what is long', () => {
    const pieces = [...new LogCursor().take(chunk('x'.repeat(100_000), 0))];
    const sizes = pieces.map((piece) => (piece.kind === 'output' ? piece.data.length : 0));
    expect(sizes).toEqual([0, 49_152, 49_152, 1696]);
  });

  it('gives each byte once and in order, however a log is cut, repeated and begun anew', () => {
    const log = Array.from({ length: 60 }, (_, i) => String.fromCharCode(65 + i)).join('');
    const cuts = fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 30 })), { maxLength: 40 });
    fc.assert(
      fc.property(cuts, (list) => {
        const cursor = new LogCursor();
        let told = '';
        let reached = 0;
        for (const [at, length] of list) {
          // A relay never leaves a part out that it did not write before.
          const from = Math.min(at, reached);
          reached = Math.max(reached, Math.min(log.length, from + length));
          for (const piece of cursor.take(chunk(log.slice(from, from + length), from))) {
            expect(piece.kind).not.toBe('gap');
            if (piece.kind === 'output') told += piece.data.toString();
          }
        }
        expect(told).toBe(log.slice(0, reached));
      }),
    );
  });
});

describe('the end of a log', () => {
  it('is what was stored beyond what was told', () => {
    const cursor = new LogCursor();
    expect(words(cursor.take(chunk('abc', 0)))).toEqual(['attempt 1', '0 abc']);
    expect(words(cursor.finish(counted('abcdef')))).toEqual(['3 def']);
  });

  it('is all that was stored where nothing was told', () => {
    expect(words(new LogCursor().finish(counted('abc', 3, 2)))).toEqual(['attempt 2', '0 abc']);
  });

  it('begins with a gap where the kept bytes begin later', () => {
    const cursor = new LogCursor();
    expect(words(cursor.take(chunk('ab', 0)))).toEqual(['attempt 1', '0 ab']);
    expect(words(cursor.finish(counted('abcdef', 2)))).toEqual(['gap 2+2', '4 ef']);
  });

  it('is nothing where all was told', () => {
    const cursor = new LogCursor();
    expect(words(cursor.take(chunk('abc', 0)))).toEqual(['attempt 1', '0 abc']);
    expect(words(cursor.finish(counted('abc', 2)))).toEqual([]);
  });

  it('is nothing of an output that the task has reported instead of its log', () => {
    const cursor = new LogCursor();
    expect(words(cursor.take(chunk('log\n', 0)))).toEqual(['attempt 1', '0 log\n']);
    expect(words(cursor.finish(counted('what the client has captured')))).toEqual([]);
  });
});
