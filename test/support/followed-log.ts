import { waitFor } from '../lab/wait.ts';
import type { Swarmer } from './swarmer.ts';

/** One event of a followed log. */
export interface LogEvent {
  event: string;
  data: {
    index: number;
    attempt: number;
    stream: 'stdout' | 'stderr';
    offset: number;
    data: string;
    [more: string]: unknown;
  };
}

/** A client that follows the log of a task, and keeps what it gets. */
export class FollowedLog {
  readonly events: LogEvent[] = [];
  /** Resolves when the stream has ended. */
  readonly over: Promise<void>;
  readonly #stop = new AbortController();

  constructor(swarmer: Swarmer, jobId: string, task = '0') {
    this.over = this.#read(`${swarmer.url}/v1/jobs/${jobId}/logs?task=${task}&follow=true`);
    this.over.catch(() => {});
  }

  /**
   * All that was written to a stream by one attempt, put together by the places of its parts.
   * @throws Error when a byte came twice, out of order, or not at all.
   */
  text(stream: 'stdout' | 'stderr', attempt = 1): string {
    let text = '';
    for (const { event, data } of this.events) {
      if (event !== 'output' || data.stream !== stream || data.attempt !== attempt) continue;
      if (data.offset !== text.length) {
        throw new Error(`${stream} goes on at ${data.offset}, and not at ${text.length}`);
      }
      text += Buffer.from(data.data, 'base64').toString('latin1');
    }
    return text;
  }

  /** Awaits that a stream has a text. */
  async shows(text: string, stream: 'stdout' | 'stderr' = 'stdout', attempt = 1): Promise<void> {
    const look = () => this.text(stream, attempt).includes(text);
    const detail = () => JSON.stringify(this.events).slice(0, 2000);
    await waitFor(look, { what: `${stream} to show ${JSON.stringify(text)}`, detail });
  }

  /** The data of the event `end`. @throws Error when the stream has ended without one. */
  async end(): Promise<Record<string, unknown>> {
    await this.over;
    const last = this.events.at(-1);
    if (last?.event !== 'end') throw new Error(`the log ended with ${JSON.stringify(last)}`);
    return last.data;
  }

  /** The client goes away. */
  leave(): void {
    this.#stop.abort();
  }

  async #read(url: string): Promise<void> {
    const response = await fetch(url, { signal: this.#stop.signal });
    if (response.status !== 200 || response.body === null) {
      throw new Error(`${response.status} ${await response.text()}`);
    }
    let text = '';
    for await (const bytes of response.body) {
      const blocks = (text + Buffer.from(bytes).toString('latin1')).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) if (!block.startsWith(':')) this.events.push(parse(block));
    }
  }
}

function parse(block: string): LogEvent {
  const [event = '', data = ''] = ['event: ', 'data: '].map((name) => {
    const line = block.split('\n').find((it) => it.startsWith(name));
    return line?.slice(name.length);
  });
  return { event, data: JSON.parse(data) as LogEvent['data'] };
}
