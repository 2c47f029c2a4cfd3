import type { Readable, Writable } from 'node:stream';
import { Tail } from '../tail/tail.ts';

/** Resolves when `sink` takes more, or will never take anything again. */
function writableAgain(sink: Writable): Promise<void> {
  const events = ['drain', 'error', 'close'];
  return new Promise((resolve) => {
    const done = () => {
      for (const event of events) sink.off(event, done);
      resolve();
    };
    for (const event of events) sink.on(event, done);
  });
}

/**
 * Passes bytes on to `sink` as they are and keeps their tail. A full sink holds the source back; a
 * broken one (its reader went away) is written to no more, and the tail is still kept.
 */
export class Tee {
  readonly tail: Tail;
  readonly #sink: Writable;

  constructor(sink: Writable, limitBytes: number) {
    this.tail = new Tail(limitBytes);
    this.#sink = sink;
    // Unhandled, the EPIPE of a closed pipe would end the runner and its report with it.
    sink.on('error', () => {});
  }

  /** True while the sink is full. */
  get blocked(): boolean {
    return this.#sink.writable && this.#sink.writableNeedDrain;
  }

  /** Resolves when the next chunk may come. Never rejects. */
  async write(chunk: Buffer): Promise<void> {
    this.tail.push(chunk);
    if (!this.#sink.writable || this.#sink.write(chunk)) return;
    await writableAgain(this.#sink);
  }

  /** Copies `source` to its end, or until it is destroyed. Never rejects. */
  async copy(source: Readable): Promise<void> {
    try {
      for await (const chunk of source) await this.write(chunk);
    } catch {
      // Destroyed, or unreadable: what came before stands.
    }
  }
}
