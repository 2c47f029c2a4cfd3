import { describe, expect, it } from 'vitest';
import { pathText } from './path.ts';

describe('pathText', () => {
  it.each([
    [[], 'body'],
    [['tasks', 3, 'task_name'], 'tasks[3].task_name'],
    [[0, 'a'], '[0].a'],
    [['a b'], '["a b"]'],
    [[''], '[""]'],
    [['\u001b[31m'], '["\\u001b[31m"]'],
    [['x'.repeat(65)], `["${'x'.repeat(64)}…"]`],
  ])('writes %j as %s', (path, text) => {
    expect(pathText(path)).toBe(text);
  });
});
