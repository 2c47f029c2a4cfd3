import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** An event of a stream, with its data read. */
export interface StreamEvent {
  id: string | undefined;
  event: string;
  /** Of a watch; those of other streams have other members. */
  data: { object: { status?: { phase: string; counts: object } } };
}

/** Reads a stream of server-sent events; comes again with the last id when the connection breaks. */
export class SseClient {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #events: StreamEvent[] = [];
  #waiting: (() => void)[] = [];
  /** How often it has connected. */
  connections = 0;

  /** @param headers sent with every connection. */
  constructor(url: string, headers: Record<string, string> = {}) {
    this.#url = url;
    this.#headers = headers;
  }

  /** The first event that fits, as soon as it is there. */
  async first(fits: (event: StreamEvent) => boolean): Promise<StreamEvent> {
    for (;;) {
      const found = this.#events.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** All events up to the first that fits. */
  async until(fits: (event: StreamEvent) => boolean): Promise<StreamEvent[]> {
    const over = new AbortController();
    let last: string | undefined;
    while (!over.signal.aborted) {
      try {
        for await (const event of this.#connect(last, over.signal)) {
          last = event.id ?? last;
          this.#events.push(event);
          for (const wake of this.#waiting.splice(0)) wake();
          if (!fits(event)) continue;
          over.abort();
          break;
        }
      } catch (error) {
        if (error instanceof StatusError) throw error;
      }
      if (!over.signal.aborted) await wait(5);
    }
    return this.#events;
  }

  async *#connect(last: string | undefined, signal: AbortSignal): AsyncGenerator<StreamEvent> {
    this.connections += 1;
    const resumed = last === undefined ? {} : { 'Last-Event-ID': last };
    const headers: Record<string, string> = { ...this.#headers, ...resumed };
    // Not by fetch, which in Node 20 may wait for ever when its connection ends before the answer.
    const request = get(this.#url, { headers, agent: false, signal });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) throw new StatusError(`status ${response.statusCode}`);
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response as AsyncIterable<Buffer>) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) if (!block.startsWith(':')) yield read(block);
    }
  }
}

class StatusError extends Error {}

function read(block: string): StreamEvent {
  const field = (name: string) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  return {
    id: field('id'),
    event: field('event') ?? '',
    data: JSON.parse(field('data') ?? 'null'),
  };
}
