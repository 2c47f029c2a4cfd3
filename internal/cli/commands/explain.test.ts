import { describe, expect, it } from 'vitest';
import { manifestSchemas } from '../../apis/validation/index.ts';
import { EXIT } from '../errors.ts';
import { fieldAt } from '../explain/field.ts';
import { explainLines, typeText } from '../explain/text.ts';
import { expectGolden } from '../testing/golden.ts';
import { run } from '../testing/run.ts';

const SCHEMAS = {
  Job: {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        description:
          'What is wanted: a description that is so long that it has to be broken to fit on lines.',
        required: ['image'],
        properties: {
          image: { type: 'string', description: 'Image.' },
          env: { type: 'object', additionalProperties: { type: 'string' } },
          parallelism: { type: 'integer', minimum: 1, maximum: 9007199254740991, default: 4 },
          policy: { type: 'string', enum: ['a', 'b'] },
          tasks: {
            type: 'array',
            items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
          },
          cpus: { anyOf: [{ type: 'number' }, { type: 'string' }] },
        },
      },
    },
  },
};

describe('explain', () => {
  it('shows a field and those below it', async () => {
    const lines = explainLines(await fieldAt(SCHEMAS, 'job.spec'), false);
    expectGolden('explain', `${lines.join('\n')}\n`);
  });

  it('shows all levels when it is told to', async () => {
    const lines = explainLines(await fieldAt(SCHEMAS, 'jobs'), true);
    expectGolden('explain-recursive', `${lines.join('\n')}\n`);
  });

  it('goes through lists, with or without an index, whatever the case', async () => {
    for (const path of ['job.spec.tasks.name', 'Job.Spec.tasks[0].NAME']) {
      expect((await fieldAt(SCHEMAS, path)).path).toBe('job.spec.tasks.name');
    }
  });

  it.each([
    ['jbo', 'did you mean "job"?'],
    ['job.spec.imgae', 'did you mean "image"?'],
    ['job.spec.image.x', 'which has none'],
    ['job.spec.constructor', 'is no field of job.spec'],
  ])('says of %s that there is none', async (path, words) => {
    await expect(fieldAt(SCHEMAS, path)).rejects.toThrow(words);
  });

  it('knows the real manifests: every field of a job and a cron job has a type', async () => {
    for (const [kind, schema] of Object.entries(manifestSchemas())) {
      for (const [name, member] of Object.entries(schema.properties?.['spec']?.properties ?? {})) {
        expect([kind, name, typeText(member)]).not.toContain('any');
      }
    }
    const { code, stdout } = await run(['explain', 'cronjob.spec.jobTemplate.spec.tasks.args']);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('FIELD:    cronjob.spec.jobTemplate.spec.tasks.args <[]string>');
  });
});

describe('schema', () => {
  it('prints what editors take', async () => {
    const both = JSON.parse((await run(['schema'])).stdout);
    expect(both.$schema).toContain('2020-12');
    expect(both.oneOf).toHaveLength(2);
    expect(JSON.parse((await run(['schema', 'job'])).stdout).properties.kind.const).toBe('Job');
    expect(JSON.parse((await run(['schema', 'CronJob'])).stdout).properties.kind.const).toBe(
      'CronJob',
    );
    expect((await run(['schema', 'pod'])).code).toBe(EXIT.usage);
  });
});

it('tells what becomes of a process whose node is cut off, whatever is waited for', async () => {
  for (const [field, words] of [
    ['lostAfterSeconds', /engine stops it when it is back.* lost all the same/],
    ['onNodeLost', /None of them keeps its process/],
  ] as const) {
    const { code, stdout } = await run(['explain', `job.spec.${field}`]);
    expect([code, stdout.replace(/\s+/g, ' ')]).toEqual([EXIT.ok, expect.stringMatching(words)]);
  }
});
