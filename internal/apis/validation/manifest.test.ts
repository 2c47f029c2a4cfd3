import { describe, expect, it } from 'vitest';
import { parseCronJob, parseJob } from './index.ts';

const DEFAULTS = { outputLimitBytes: 1000 };

function job(spec: object, metadata?: object) {
  const given = metadata === undefined ? {} : { metadata };
  return { apiVersion: 'swarmer/v1', kind: 'Job', ...given, spec: { image: 'busybox', ...spec } };
}

/** Path and message of each problem. */
function problems(body: unknown): string[] {
  const parsed = parseJob(body, DEFAULTS);
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`);
}

function parsed(body: unknown) {
  const result = parseJob(body, DEFAULTS);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

describe('the tasks of a manifest', () => {
  it('are one, named 0, where it says nothing of them', () => {
    const { spec, tasks } = parsed(job({ args: ['a'] }));
    expect(tasks).toEqual([{ name: '0', args: ['a'] }]);
    expect(spec).toMatchObject({ completions: 1, backoffLimit: 3, lossLimit: 10 });
  });

  it('have the arguments of the job where they have none of their own', () => {
    const { tasks } = parsed(
      job({
        args: ['a'],
        tasks: [{ name: 'x' }, { name: 'y', args: [] }, { name: 'z', args: ['b'] }],
      }),
    );
    expect(tasks.map(({ args }) => args)).toEqual([['a'], [], ['b']]);
  });

  it('keep what is their own', () => {
    const own = {
      ...{ command: ['sh'], env: { A: 'b' }, timeoutSeconds: 5 },
      resources: { limits: { cpus: 0.5, memory: '64m' } },
    };
    const { tasks } = parsed(job({ tasks: [{ name: 'x', ...own }] }));
    expect(tasks).toEqual([{ name: 'x', args: [], ...own }]);
  });

  it('are either listed or counted', () => {
    expect(problems(job({ tasks: [{ name: 'x' }], completions: 2 }))).toEqual([
      'spec.completions: must not stand beside "tasks": the tasks are either listed or counted',
    ]);
  });

  it('that are counted have their index in arguments, command and environment', () => {
    const { tasks } = parsed(
      job({
        completions: 2,
        command: ['p$(INDEX)'],
        args: ['$(COMPLETIONS)', '$(HOME)', '$$(INDEX)'],
        env: { I: '$(INDEX)' },
      }),
    );
    expect(tasks[1]).toEqual({
      name: '1',
      command: ['p1'],
      args: ['2', '$(HOME)', '$(INDEX)'],
      env: { I: '1' },
    });
  });
});

describe('names and labels', () => {
  it.each(['', 'A', '-a', 'a-', 'a_b', 'a.b', '../a', 'ü', 'a\n', 'a\0', 'x'.repeat(64)])(
    'the name %j is refused, with the rule',
    (name) => {
      expect(problems(job({}, { name }))).toEqual([
        expect.stringMatching(/^metadata\.name: must be a name of 1 to 63 of a-z, 0-9 and "-"/),
      ]);
    },
  );

  it('labels that begin with ours are refused', () => {
    expect(problems(job({}, { labels: { 'swarmer.job': 'x' } }))).toEqual([
      'metadata.labels["swarmer.job"]: labels that begin with "swarmer." are ours',
    ]);
  });

  it.each([['SWARMER_X'], ['TASK_NAME'], ['RUN_ARGS'], ['TRACEPARENT'], ['1A'], ['A=B'], ['']])(
    'the variable %j is refused',
    (name) => {
      expect(problems(job({ env: { [name]: 'x' } }))).toHaveLength(1);
      expect(problems(job({ tasks: [{ name: 'a', env: { [name]: 'x' } }] }))).toHaveLength(1);
    },
  );

  it('values that are no text are told to be quoted', () => {
    expect(problems(job({ env: { PORT: 80 } }))).toEqual([
      'spec.env.PORT: must be a text; write it in quotes',
    ]);
  });
});

it.each(['', 'A', '-a', 'a b', 7, null])('the credential %j is refused, with the rule', (name) => {
  expect(problems(job({ registryCredential: name }))).toEqual([
    expect.stringMatching(/^spec\.registryCredential: must be the name of a registry credential/),
  ]);
});

describe('resources', () => {
  it.each([
    { cpus: 0 },
    { cpus: -1 },
    { cpus: '1,5' },
    { memory: '1m' },
    { memory: '12 parsecs' },
    { memory: -5 },
  ])('%j is refused', (limits) => {
    expect(problems(job({ resources: { limits } }))).toHaveLength(1);
  });

  it('a misspelt one is told with the nearest name', () => {
    expect(problems(job({ resources: { limits: { memroy: '1g' } } }))).toEqual([
      'spec.resources.limits.memroy: unknown field "memroy": did you mean "memory"?',
    ]);
  });
});

describe('a cron job', () => {
  it('has its defaults filled in', () => {
    const spec = { schedule: '@daily', jobTemplate: { spec: { image: 'busybox' } } };
    const result = parseCronJob({ apiVersion: 'swarmer/v1', kind: 'CronJob', spec }, DEFAULTS);
    expect(result).toMatchObject({
      ok: true,
      value: {
        spec: {
          ...{ timeZone: 'UTC', concurrencyPolicy: 'Allow' },
          ...{ successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
          jobTemplate: { tasks: [{ name: '0' }] },
        },
      },
    });
  });

  it('is refused with the problems of its template in their place', () => {
    const spec = { schedule: '@daily', jobTemplate: { spec: { image: 'busybox', tasks: [{}] } } };
    const result = parseCronJob({ apiVersion: 'swarmer/v1', kind: 'CronJob', spec }, DEFAULTS);
    expect(result).toMatchObject({
      ok: false,
      problems: [{ path: 'spec.jobTemplate.spec.tasks[0].name' }],
    });
  });
});
