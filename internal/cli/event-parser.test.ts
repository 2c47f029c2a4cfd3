import { describe, expect, it } from 'vitest';
import { EventParser, type ServerEvent } from './event-parser.ts';

function parse(chunks: readonly string[], id?: string): ServerEvent[] {
  const parser = new EventParser(id);
  return chunks.flatMap((chunk) => parser.feed(chunk));
}

const STREAM = ': hello\r\nid: 7\r\nevent: ADDED\r\ndata: {"a":\r\ndata: 1}\r\n\r\n:\n\ndata:x\n\n';
const EVENTS = [
  { id: '7', event: 'ADDED', data: '{"a":\n1}' },
  { id: '7', event: 'message', data: 'x' },
];

describe('the events of a stream', () => {
  it('are read whole, without comments', () => {
    expect(parse([STREAM])).toEqual(EVENTS);
  });

  it('are the same wherever the stream is cut', () => {
    for (let at = 0; at <= STREAM.length; at++) {
      expect(parse([STREAM.slice(0, at), STREAM.slice(at)])).toEqual(EVENTS);
    }
    expect(parse([...STREAM])).toEqual(EVENTS);
  });

  it('begin with the id that the stream goes on from', () => {
    expect(parse(['data: x\n\n'], '3')).toEqual([{ id: '3', event: 'message', data: 'x' }]);
  });

  it('do not include one that was not finished', () => {
    expect(parse(['id: 9\nevent: end\ndata: {}\n'])).toEqual([]);
  });

  it('ignore an id with a NUL, and fields that nobody knows', () => {
    const text = 'id: a\0b\nretry: 5\ncolour: red\ndata: x\n\n';
    expect(parse([text])).toEqual([{ id: undefined, event: 'message', data: 'x' }]);
  });
});
