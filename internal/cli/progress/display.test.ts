import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../clock/fake-clock.ts';
import type { OutStream } from '../io.ts';
import { job } from '../testing/objects.ts';
import { liveDisplay, plainDisplay } from './display.ts';
import { JobProgress } from './job-progress.ts';
import { LiveBlock } from './live-block.ts';

const running = (name: string, succeeded: number) =>
  job(name, { counts: { total: 10, active: 1, succeeded } });
const ended = (name: string) =>
  job(name, { phase: 'Complete', counts: { total: 10, succeeded: 10 } });

const ESC = '\u001b';
const TOKENS = new RegExp(`${ESC}\\[\\??\\d*[A-Za-z]|\\n|\\r|[^${ESC}\\n\\r]+`, 'g');
const UP = new RegExp(`^${ESC}\\[(\\d+)A$`);

/** A terminal of lines: knows what the block of lines sends, and fails at anything else. */
class Screen extends Writable {
  lines: string[] = [''];
  cursor = true;
  columns = 60;
  rows = 4;
  #row = 0;
  #column = 0;

  override _write(chunk: Buffer, _: string, done: () => void): void {
    for (const [token] of chunk.toString().matchAll(TOKENS)) this.#take(token);
    done();
  }

  #take(token: string): void {
    const up = UP.exec(token)?.[1];
    const line = this.lines[this.#row] ?? '';
    if (up !== undefined) this.#row -= Number(up);
    else if (token === '\r') this.#column = 0;
    else if (token === `${ESC}[K`) this.lines[this.#row] = line.slice(0, this.#column);
    else if (token === `${ESC}[J`) this.lines.splice(this.#row + 1);
    else if (token.startsWith(`${ESC}[?25`)) this.cursor = token.endsWith('h');
    else if (token === '\n') {
      [this.#row, this.#column] = [this.#row + 1, 0];
      this.lines[this.#row] ??= '';
    } else {
      if (token.startsWith(ESC)) throw new Error(`unknown sequence ${JSON.stringify(token)}`);
      const behind = line.slice(this.#column + token.length);
      this.lines[this.#row] = line.slice(0, this.#column) + token + behind;
      this.#column += token.length;
    }
  }
}

describe('progress on a terminal', () => {
  function live(names: readonly string[]) {
    const clock = new FakeClock();
    const screen = new Screen();
    const jobs = new Map(names.map((name) => [name, new JobProgress(running(name, 0), 0)]));
    const display = liveDisplay(screen as OutStream, clock, jobs);
    const change = (name: string, to: ReturnType<typeof job>) => {
      const progress = jobs.get(name);
      if (progress?.update(to, clock.monotonic())) display.changed(progress);
    };
    return { clock, screen, display, change };
  }

  it('draws each job in its place and gives the cursor back', () => {
    const { clock, screen, display, change } = live(['a', 'b']);
    change('a', running('a', 1));
    expect(screen.lines).toEqual([
      'a  [##..................]  1/10  1 active',
      'b  [....................]  0/10  1 active',
      '',
    ]);
    expect(screen.cursor).toBe(false);
    clock.advance(500);
    change('b', ended('b'));
    display.close();
    expect(screen.lines).toEqual([
      'a  [##..................]  1/10  1 active',
      'b  [####################]  10/10  Complete',
      '',
    ]);
    expect(screen.cursor).toBe(true);
  });

  it('goes on with the time while nothing happens', () => {
    const { clock, screen, display, change } = live(['a']);
    clock.advance(2500);
    change('a', running('a', 5));
    expect(screen.lines[0]).toContain('3s left');
    clock.advance(9600);
    expect(screen.lines[0]).toContain('12s left');
    display.close();
  });

  it('keeps to the height of the terminal, running jobs first', () => {
    const { screen, display, change } = live(['a', 'b', 'c', 'd', 'e']);
    change('a', ended('a'));
    const first = screen.lines.map((line) => line.split('  ')[0]);
    expect(first).toEqual(['b', 'c', '... and 3 more', '']);
    display.close();
  });

  it('finds its place again in a terminal that became narrower', () => {
    const sent: string[] = [];
    const stream = { writable: true, columns: 80, write: (text: string) => sent.push(text) };
    const block = new LiveBlock(stream as unknown as OutStream);
    block.draw(['x'.repeat(45), 'short']);
    stream.columns = 20;
    block.draw(['y']);
    expect(sent[1]).toBe(`${ESC}[4A\ry${ESC}[K\n${ESC}[J`);
  });
});

describe('progress off a terminal', () => {
  it('prints one line a second for each job, and the last one', () => {
    const clock = new FakeClock();
    const lines: string[] = [];
    const display = plainDisplay((line) => lines.push(`${clock.monotonic()} ${line}`), clock);
    const [a, b] = [new JobProgress(running('a', 0), 0), new JobProgress(running('b', 0), 0)];
    display.changed(a);
    display.changed(b);
    for (const count of [1, 2, 3]) {
      clock.advance(100);
      a.update(running('a', count), clock.monotonic());
      display.changed(a);
      expect(lines).toHaveLength(2);
    }
    clock.advance(1000);
    b.update(ended('b'), clock.monotonic());
    display.changed(b);
    a.update(running('a', 4), clock.monotonic());
    display.changed(a);
    display.close();
    expect(lines.map((line) => line.replace(/ {2}\S+\/(?:s|min).*/, ''))).toEqual([
      '0 a  0/10  1 active',
      '0 b  0/10  1 active',
      '1000 a  3/10  1 active',
      '1300 b  10/10  Complete',
      '1300 a  4/10  1 active',
    ]);
  });
});
