import { describe, expect, it } from 'vitest';
import { fillTemplate } from './json-path.ts';

const DATA = {
  kind: 'JobList',
  items: [
    { metadata: { name: 'a', labels: { 'app.io/x': 'one' } }, status: { active: 1 } },
    { metadata: { name: 'b' }, status: { active: 2 } },
  ],
};

describe('a JSONPath template', () => {
  it.each([
    ['{.items[*].metadata.name}', 'a b'],
    ['{range .items[*]}{.metadata.name}{"\\t"}{.status.active}{"\\n"}{end}', 'a\t1\nb\t2\n'],
    ['.kind', 'JobList'],
    ['{.kind}: {kind} {$.kind}', 'JobList: JobList JobList'],
    ['{.items[0].status}', '{"active":1}'],
    ['{.items[-1].metadata.name}', 'b'],
    ['{.items[-2].metadata.name}', 'a'],
    ['{.items[0].metadata.labels.app\\.io/x}', 'one'],
    ["{.items[0].metadata.labels['app.io/x']}", 'one'],
    ['{.items[?(@.metadata.name=="b")].status.active}', '2'],
    ['{.items[?(@.status.active>1)].metadata.name}', 'b'],
    ['{.nothing.at.all}', ''],
    ['{range .nothing[*]}x{end}', ''],
    ['{"{braces}"}', '{braces}'],
    ['{range .items[*]}{range .metadata}{.name}{end},{end}', 'a,b,'],
    ["{'it'}", 'it'],
  ])('%s gives %j', (template, text) => {
    expect(fillTemplate(template, DATA)).toBe(text);
  });

  it.each([
    ['{.items', 'is not closed'],
    ['{range .items[*]}x', 'has no {end}'],
    ['{end}', 'without {range'],
    ['{.items[?(]}', 'is not valid'],
  ])('%s is refused', (template, words) => {
    expect(() => fillTemplate(template, DATA)).toThrow(words);
  });

  it('runs no code that stands in it', () => {
    const evil = '{.items[?(@.constructor.constructor("globalThis.hit=1")())]}';
    try {
      fillTemplate(evil, DATA);
    } catch (error) {
      expect(String(error)).toContain('is not valid');
    }
    expect(Object.hasOwn(globalThis, 'hit')).toBe(false);
  });
});
