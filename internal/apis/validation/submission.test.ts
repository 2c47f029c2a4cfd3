import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSubmission, type ServerDefaults } from './index.ts';

const DEFAULTS = { outputLimitBytes: 1000 };
const JOB = { image_name: 'alpine:3.20', callback_url: null };

function problemsOf(body: unknown) {
  const parsed = parseSubmission(body, DEFAULTS);
  return parsed.ok ? [] : parsed.problems;
}

function pathsOf(body: unknown): string[] {
  return problemsOf(body).map(({ path }) => path);
}

describe('parseSubmission', () => {
  it('fills in what is not given', () => {
    expect(parseSubmission(JOB, DEFAULTS)).toEqual({
      ok: true,
      value: {
        metadata: {},
        spec: { image: 'alpine:3.20', backoffLimit: 0, lossLimit: 10, outputLimitBytes: 1000 },
        tasks: [],
      },
    });
  });

  it("takes its completion policy, else the server's for submissions, else the operator's", () => {
    const policyOf = (given: object, defaults: Partial<ServerDefaults>) => {
      const parsed = parseSubmission({ ...JOB, ...given }, { ...DEFAULTS, ...defaults });
      return parsed.ok ? parsed.value.spec.completionPolicy : parsed.problems;
    };
    const submitCompletionPolicy = 'report' as const;
    const job = { completionPolicy: 'exit' as const };
    expect(policyOf({}, {})).toBeUndefined();
    expect(policyOf({}, { job })).toBe('exit');
    expect(policyOf({}, { job, submitCompletionPolicy })).toBe('report');
    const own = { completion_policy: 'both' };
    expect(policyOf(own, { job, submitCompletionPolicy })).toBe('both');
    expect(policyOf({ completion_policy: 'reports' }, {})).toMatchObject([
      { path: 'completion_policy', message: 'must be one of exit, report, both' },
    ]);
  });

  it.each([
    'alpine',
    'alpine:3.20',
    'library/alpine',
    'registry:5000/team/app:1.0',
    'Registry.Example.com/a__b/c--d/e.f',
    '[::1]:5000/app',
    `app@sha256:${'a'.repeat(64)}`,
    `registry.example.com/app:1@sha256:${'0'.repeat(64)}`,
  ])('takes the image %s', (image_name) => {
    expect(problemsOf({ ...JOB, image_name })).toEqual([]);
  });

  it.each([
    '',
    ' alpine',
    'alpine\n',
    'al pine',
    'alpine\0',
    'Alpine',
    'älpine',
    'alpine:',
    'alpine:3.20:1',
    '-alpine',
    'a/../b',
    '/alpine',
    'alpine@sha256:short',
    'http://registry/alpine',
    'a'.repeat(1025),
    7,
    null,
    ['alpine'],
  ])('refuses the image %j', (image_name) => {
    expect(pathsOf({ ...JOB, image_name })).toEqual(['image_name']);
  });

  it.each([
    'http://receiver:9000/done',
    'https://user:pw@receiver/a?b=c#d',
    'HTTP://[::1]/',
    `http://r/${'a'.repeat(2039)}`,
  ])('takes the callback %s as it is typed', (callback_url) => {
    const parsed = parseSubmission({ ...JOB, callback_url }, DEFAULTS);
    expect(parsed).toMatchObject({ value: { spec: { callback: { url: callback_url } } } });
  });

  it.each([
    '',
    'receiver/done',
    'ftp://receiver',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http:receiver',
    'http://',
    'http://a b/',
    ' http://receiver',
    'http://receiver\n',
    'http://receiver\t/x',
    'http://receiver:99999/',
    `http://r/${'a'.repeat(2040)}`,
    7,
    {},
  ])('refuses the callback %j', (callback_url) => {
    expect(pathsOf({ ...JOB, callback_url })).toEqual(['callback_url']);
  });

  it('needs a callback URL, and says that null is one way to give it', () => {
    const [problem, ...others] = problemsOf({ image_name: 'alpine' });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ path: 'callback_url' });
    expect(problem?.message).toMatch(/is required.*null/);
  });

  it.each([
    ['image_nam', 'did you mean "image_name"?'],
    ['Image_Name', 'did you mean "image_name"?'],
    ['callbackUrl', 'did you mean "callback_url"?'],
    ['task', 'did you mean "tasks"?'],
    ['priority', 'the fields are "image_name", "callback_url", "tasks"'],
    ['constructor', 'refused everywhere'],
    ['x'.repeat(100_000), 'the fields are'],
  ])('refuses the unknown field %.20s with the nearest name', (name, words) => {
    const [problem, ...others] = problemsOf({ ...JOB, [name]: 1 });
    expect(others).toEqual([]);
    expect(problem?.message).toContain('unknown field');
    expect(problem?.message).toContain(words);
    expect(problem?.message.length).toBeLessThan(200);
  });

  it('refuses __proto__ and takes nothing from it', () => {
    const body = JSON.parse('{"__proto__":{"image_name":"alpine","callback_url":null}}');
    expect(pathsOf(body)).toEqual(['image_name', 'callback_url', '__proto__']);
  });

  it.each([null, 1, 'x', [], undefined, true])('refuses the body %j as a whole', (body) => {
    expect(pathsOf(body)).toEqual(['body']);
  });

  it('never throws, and gives every problem a path and words', () => {
    const names = ['image_name', 'callback_url', 'tasks', 'task_name', 'task_args', '__proto__'];
    const value = fc.jsonValue({ maxDepth: 4 });
    const task = fc.dictionary(fc.constantFrom(...names), value);
    const body = fc.record(
      {
        image_name: value,
        callback_url: value,
        tasks: fc.array(fc.oneof(task, value)),
        extra: value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(value, body, task), (input) => {
        for (const { path, message } of problemsOf(input)) {
          expect(path).not.toBe('');
          expect(message).not.toBe('');
        }
      }),
    );
  });

  it('takes every body of the right form', () => {
    const letters = fc.constantFrom(...'abcXYZ019');
    const name = fc.string({ unit: letters, minLength: 1, maxLength: 20 });
    const arg = fc.string({ unit: 'binary', maxLength: 10 }).filter((text) => !text.includes('\0'));
    const tasks = fc.uniqueArray(fc.record({ task_name: name, task_args: fc.array(arg) }), {
      selector: ({ task_name }) => task_name,
    });
    fc.assert(
      fc.property(tasks, (list) => {
        const parsed = parseSubmission({ ...JOB, tasks: list }, DEFAULTS);
        const expected = list.map(({ task_name, task_args }) => ({
          name: task_name,
          args: task_args,
        }));
        expect(parsed).toMatchObject({ ok: true, value: { tasks: expected } });
      }),
      { numRuns: 30 },
    );
  });
});
