/** One event of a stream. */
export interface ServerEvent {
  /** Of this event, or the last one before it that had any. */
  id: string | undefined;
  /** `message` where the server names none. */
  event: string;
  data: string;
}

/**
 * The text of a stream as events (the parsing rules of the HTML standard, section "Server-sent events").
 * Feed it chunks however they are cut. What a lost connection left half-way is never an event.
 */
export class EventParser {
  #rest = '';
  #id: string | undefined;
  #pendingId: string | undefined;
  #event = '';
  #data: string[] = [];

  /** @param id the last event's, where the stream goes on from there. */
  constructor(id?: string) {
    this.#id = id;
    this.#pendingId = id;
  }

  /** The events that are complete with this chunk. */
  feed(chunk: string): ServerEvent[] {
    const text = this.#rest + chunk;
    // A CR at the very end may be the first half of a CRLF.
    const usable = text.endsWith('\r') ? text.slice(0, -1) : text;
    const lines = usable.split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? '') + text.slice(usable.length);
    return lines.flatMap((line) => this.#line(line) ?? []);
  }

  #line(line: string): ServerEvent | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#event = value;
    else if (field === 'id' && !value.includes('\0')) this.#pendingId = value;
    return undefined;
  }

  #dispatch(): ServerEvent | undefined {
    this.#id = this.#pendingId;
    const event = this.#event || 'message';
    const data = this.#data;
    this.#event = '';
    this.#data = [];
    return data.length === 0 ? undefined : { id: this.#id, event, data: data.join('\n') };
  }
}
