import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';

interface Block {
  heading: string;
  text: string;
}

/** How long one block may take, in ms. */
const BLOCK_MS = 420_000;

/** Somebody who types the commands of a page into one shell, block by block, and stops at the first that fails. */
export class Reader {
  readonly #blocks: Block[];
  readonly #shell: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #seconds = new Map<string, number>();
  #stdout = '';
  #all = '';
  #wake = () => {};

  constructor(page: string, { cwd, env }: { cwd: string; env: Record<string, string> }) {
    this.#blocks = blocksOf(page);
    // Commands come over descriptor 3: none of them may read what comes after it.
    const program = 'set -eo pipefail; while IFS= read -r -d "" text <&3; do eval "$text"; done';
    this.#shell = spawn('bash', ['-c', program], {
      ...{ cwd, env, detached: true },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.#ended = once(this.#shell, 'close').finally(() => this.#wake());
    this.#shell.stdout?.on('data', (data: Buffer) => {
      this.#stdout += data;
      this.#all += data;
      this.#wake();
    });
    this.#shell.stderr?.on('data', (data: Buffer) => {
      this.#all += data;
    });
  }

  /** Types the next blocks, which must be those of this heading. @returns what they printed to stdout. */
  async section(heading: string): Promise<string> {
    if (this.#blocks[0]?.heading !== heading) {
      throw new Error(`the next block is of "${this.#blocks[0]?.heading}", not of "${heading}"`);
    }
    const began = performance.now();
    let printed = '';
    while (this.#blocks[0]?.heading === heading) printed += await this.#type(this.#blocks.shift());
    this.#seconds.set(heading, (performance.now() - began) / 1000);
    return printed;
  }

  /** Headings of which a block has not been typed. */
  rest(): string[] {
    return this.#blocks.map(({ heading }) => heading);
  }

  /** How long each section took. */
  times(): string {
    const lines = [...this.#seconds].map(([heading, time]) => `${heading}: ${time.toFixed(0)} s`);
    const all = [...this.#seconds.values()].reduce((sum, time) => sum + time, 0);
    return `${lines.join(', ')}; in all ${all.toFixed(0)} s`;
  }

  /** Ends the shell and what it runs. */
  async stop(): Promise<void> {
    if (this.#shell.exitCode === null && this.#shell.signalCode === null && this.#shell.pid) {
      process.kill(-this.#shell.pid, 'SIGKILL');
    }
    await this.#ended;
  }

  async #type(block: Block | undefined): Promise<string> {
    if (block === undefined) throw new Error('there is no block');
    this.#stdout = '';
    this.#all = '';
    const done = `## done ${this.#blocks.length}\n`;
    (this.#shell.stdio[3] as Writable).write(`${block.text}\necho "${done.trim()}"\0`);
    const deadline = AbortSignal.timeout(BLOCK_MS);
    deadline.addEventListener('abort', () => this.#wake());
    while (!this.#stdout.endsWith(done)) {
      const hasEnded = this.#shell.exitCode !== null || this.#shell.signalCode !== null;
      if (hasEnded || deadline.aborted) {
        const how = hasEnded ? `ended with ${this.#shell.exitCode}` : 'has not ended';
        throw new Error(`${block.heading}: ${how}:\n${block.text}\n--- printed:\n${this.#all}`);
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#stdout.slice(0, -done.length);
  }
}

/** The blocks of commands of a page, each with the heading that it stands under. */
function blocksOf(page: string): Block[] {
  const found: Block[] = [];
  let heading = '';
  let block: string[] | undefined;
  for (const line of page.split('\n')) {
    if (block === undefined) {
      if (line.startsWith('#')) heading = line.replace(/^#+ /, '');
      if (line === '```sh') block = [];
    } else if (line === '```') {
      found.push({ heading, text: block.join('\n') });
      block = undefined;
    } else block.push(line);
  }
  return found;
}
