import { describe, expect, it } from 'vitest';
import { parseExposition } from './exposition.ts';

const HEAD = '# HELP a_total Some\n# TYPE a_total counter\n';
const HISTOGRAM = '# HELP h Some\n# TYPE h histogram\n';

describe('the reader of the Prometheus text format', () => {
  it('reads names, labels with escapes, and values', () => {
    const page = parseExposition(`${HEAD}a_total{x="1",y="q\\"\\\\\\n"} 2.5e3\na_total +Inf\n`);
    expect(page.get('a_total')?.samples).toEqual([
      { name: 'a_total', labels: { x: '1', y: 'q"\\\n' }, value: 2500 },
      { name: 'a_total', labels: {}, value: Number.POSITIVE_INFINITY },
    ]);
  });

  it.each([
    ['no line feed at the end', `${HEAD}a_total 1`],
    ['a sample without a type', 'a_total 1\n'],
    ['a sample of another metric', `${HEAD}b_total 1\n`],
    ['a series twice', `${HEAD}a_total{x="1"} 1\na_total{x="1"} 2\n`],
    ['a metric twice', `${HEAD}a_total 1\n${HEAD}`],
    ['a type that there is not', '# HELP a Some\n# TYPE a number\n'],
    ['a label without quotes', `${HEAD}a_total{x=1} 1\n`],
    ['a label twice', `${HEAD}a_total{x="1",x="2"} 1\n`],
    ['a value that is no number', `${HEAD}a_total one\n`],
    ['no value', `${HEAD}a_total\n`],
    ['a help of no words', '# HELP a_total\n'],
    ['buckets that shrink', `${HISTOGRAM}h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\n`],
    ['no bucket +Inf', `${HISTOGRAM}h_bucket{le="1"} 2\nh_count 2\n`],
    ['a count that is not that of +Inf', `${HISTOGRAM}h_bucket{le="+Inf"} 2\nh_count 3\n`],
  ])('refuses %s', (_what, text) => {
    expect(() => parseExposition(text)).toThrow();
  });
});
