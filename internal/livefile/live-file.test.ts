import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, describe, expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { FileProblems, LiveFile, type ParseValue } from './index.ts';

const dir = mkdtempSync(join(tmpdir(), 'livefile-'));
afterAll(() => rmSync(dir, { recursive: true }));
let count = 0;

/** Takes `{ word: <text> }`. */
const parse: ParseValue<string> = (value) => {
  const { word } = value as { word?: unknown };
  if (typeof word === 'string') return { ok: true, value: word };
  return { ok: false, problems: [{ path: 'word', message: 'must be a text' }], more: 0 };
};

/** A file at which a test looks `n` times. */
async function opened(text: string, doubt?: (next: string, inForce: string) => string | undefined) {
  const path = join(dir, `${count++}.yaml`);
  writeFileSync(path, text);
  const clock = new FakeClock();
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line)) });
  const file = await LiveFile.open({ path, parse, clock, log, ...(doubt && { doubt }) });
  const looks = async (n: number) => {
    for (let i = 0; i < n; i++) await file.look();
  };
  return { file, path, clock, looks, lines };
}

describe('a file that is kept in force', () => {
  it('is taken anew when it has changed, after three looks that show the same', async () => {
    const { file, path, looks } = await opened('word: one\n');
    expect(file.value).toBe('one');
    writeFileSync(path, 'word: two\n');
    await looks(2);
    expect(file.value).toBe('one');
    await looks(1);
    expect(file.value).toBe('two');
  });

  it('is not taken half when it is written in two writes between which it is looked at', async () => {
    const { file, path, looks } = await opened('word: one\n');
    for (const text of ['word: half\n', 'word: half of it\n', 'word: all of it\n']) {
      writeFileSync(path, text);
      await looks(2);
      expect(file.value).toBe('one');
    }
    await looks(1);
    expect(file.value).toBe('all of it');
  });

  it('is not taken while there is a doubt, until a person says so', async () => {
    const doubt = (next: string) => (next === 'cut' ? 'it may be cut off' : undefined);
    const { file, path, looks, lines } = await opened('word: one\n', doubt);
    writeFileSync(path, 'word: cut\n');
    await looks(5);
    expect([file.value, file.problem?.message]).toEqual(['one', `${path}: it may be cut off`]);
    expect(lines.filter(({ level }) => level === 50)).toHaveLength(1);
    await file.reload();
    expect([file.value, file.problem]).toEqual(['cut', undefined]);
  });

  it('is told of once a minute while it is faulty', async () => {
    const { path, looks, lines, clock } = await opened('word: one\n');
    writeFileSync(path, 'word: 5\n');
    await looks(4);
    clock.advance(59_000);
    await looks(2);
    expect(lines.filter(({ level }) => level === 50)).toHaveLength(1);
    clock.advance(1000);
    await looks(2);
    expect(lines.filter(({ level }) => level === 50)).toHaveLength(2);
  });

  it('is taken anew when another file was put in its place', async () => {
    const { file, path, looks } = await opened('word: one\n');
    writeFileSync(`${path}.new`, 'word: two\n');
    renameSync(`${path}.new`, path);
    await looks(3);
    expect(file.value).toBe('two');
  });

  it.each([
    ['word: [\n', /:\d+:\d+: /],
    ['word: 5\n', /:1:7: word: must be a text/],
    ['', /one document; it has 0/],
    ['word: a\n---\nword: b\n', /one document; it has 2/],
  ])('stays in force when %j comes in its place, and that is told once', async (text, told) => {
    const { file, path, looks, lines } = await opened('word: one\n');
    writeFileSync(path, text);
    await looks(5);
    expect(file.value).toBe('one');
    expect(file.problem?.message).toMatch(told);
    expect(lines.filter(({ level }) => level === 50)).toHaveLength(1);
    writeFileSync(path, 'word: three\n');
    await looks(3);
    expect([file.value, file.problem]).toEqual(['three', undefined]);
  });

  it('stays in force when the file vanishes, and comes back with it', async () => {
    const { file, path, looks } = await opened('word: one\n');
    renameSync(path, `${path}.away`);
    await looks(3);
    expect([file.value, file.problem?.message]).toEqual(['one', expect.stringMatching(/ENOENT/)]);
    renameSync(`${path}.away`, path);
    await looks(3);
    expect(file.problem).toBeUndefined();
  });

  it('is looked at every second until the end', async () => {
    const { file, path, clock } = await opened('word: one\n');
    const over = new AbortController();
    const running = file.run(over.signal);
    writeFileSync(path, 'word: two\n');
    await expect
      .poll(() => {
        clock.advance(1000);
        return file.value;
      })
      .toBe('two');
    over.abort();
    await running;
  });

  it('must be right to begin with', async () => {
    await expect(opened('word: 5\n')).rejects.toThrow(FileProblems);
  });
});
