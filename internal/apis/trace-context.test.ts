import { describe, expect, it } from 'vitest';
import { parseTraceparent, traceparentOf } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('a traceparent', () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, true],
    [`00-${TRACE}-${SPAN}-00`, false],
    [`00-${TRACE}-${SPAN}-03`, true],
    [`cc-${TRACE}-${SPAN}-01`, true],
    [`cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`, true],
  ])('is read: %s', (text, sampled) => {
    expect(parseTraceparent(text)).toEqual({ traceId: TRACE, spanId: SPAN, sampled });
  });

  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['the version that is forbidden', `ff-${TRACE}-${SPAN}-01`],
    ['more than version 00 has', `00-${TRACE}-${SPAN}-01-more`],
    ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['too short a trace', `00-${TRACE.slice(1)}-${SPAN}-01`],
    [
      'two of them, as of a header that came twice',
      `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    ],
    ['a line feed behind it', `00-${TRACE}-${SPAN}-01\n`],
    ['a version to come without its hyphen', `01-${TRACE}-${SPAN}-01.more`],
  ])('is none: %s', (_what, text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });

  it('is written as version 00', () => {
    const text = `00-${TRACE}-${SPAN}-01`;
    const context = parseTraceparent(`cc-${TRACE}-${SPAN}-ff-more`);
    expect(context && traceparentOf(context)).toBe(text);
  });
});
