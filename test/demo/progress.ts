import { styleText } from 'node:util';
import type { ResultBody } from '../support/result-body.ts';

/** Shows how far a job is: one live line on a terminal, a line per change off it. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  readonly #begun = performance.now();
  #last = '';

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  show({ tasks }: ResultBody): void {
    const done = tasks.filter((task) => task.result.log !== 'pending').length;
    const running = tasks.filter(
      (task) => task.result.log === 'pending' && task.attempts > 0,
    ).length;
    const text = `${done}/${tasks.length} done, ${running} running`;
    if (this.#out.isTTY) this.#out.write(`\r\x1b[K${this.#bar(done, tasks.length)} ${text}`);
    else if (text !== this.#last) this.#out.write(`  ${this.#seconds()} s  ${text}\n`);
    this.#last = text;
  }

  end(): void {
    if (this.#out.isTTY) this.#out.write('\n');
  }

  #bar(done: number, total: number): string {
    const filled = Math.round((20 * done) / total);
    const bar = styleText('green', '█'.repeat(filled), { stream: this.#out });
    return `  ${this.#seconds()} s  ${bar}${'░'.repeat(20 - filled)}`;
  }

  #seconds(): string {
    return ((performance.now() - this.#begun) / 1000).toFixed(1).padStart(4);
  }
}
