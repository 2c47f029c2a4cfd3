import { describe, expect, it } from 'vitest';
import {
  parseCronJob,
  parseJob,
  parseReport,
  parseRetry,
  parseSubmission,
  parseTasks,
} from '../../apis/validation/index.ts';
import { userRoutes } from '../apps.ts';
import { harness } from '../testing/harness.ts';
import { type OperationObject, openApiDocument } from './document.ts';
import type { REPORT } from './operations/examples.ts';
import { Documented } from './testing/documented.ts';

const document = openApiDocument('1.2.3');
const all = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
);

describe('the OpenAPI document', () => {
  it('has every route of the API, and no others', () => {
    const routes = userRoutes(harness().options).map(
      ({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`,
    );
    expect(all.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(routes.sort());
  });

  it('refers only to what it has', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, it]) => it);
    expect(refs.length).toBeGreaterThan(100);
    expect([...new Set(refs)].filter((it) => resolved(it) === undefined)).toEqual([]);
  });

  it('has no component that nothing refers to', () => {
    const text = JSON.stringify(document);
    const names = ['schemas', 'responses'].flatMap((kind) => {
      const members = document.components[kind as 'schemas' | 'responses'];
      return Object.keys(members).map((name) => `#/components/${kind}/${name}`);
    });
    expect(names.filter((name) => !text.includes(`"$ref":"${name}"`))).toEqual([]);
  });

  it('gives every call an id of its own, and a topic that is described', () => {
    const ids = all.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const topics = document.tags.map(({ name }) => name);
    expect(new Set(all.map(({ operation }) => operation.tags[0]))).toEqual(new Set(topics));
  });

  it('names as aliases only calls that there are', () => {
    const ids = new Set(all.map(({ operation }) => operation.operationId));
    const aliases = all.flatMap(({ operation }) => operation['x-alias-of'] ?? []);
    expect(aliases.length).toBeGreaterThan(0);
    expect(aliases.filter((id) => !ids.has(id))).toEqual([]);
  });

  it('is plain JSON: nothing is lost on the way', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});

describe('every call of the OpenAPI document', () => {
  it.each(all)(
    'has the parameters of its path, each once: $method $path',
    ({ path, operation }) => {
      const { parameters } = operation;
      const inPath = parameters.filter((it) => it.in === 'path');
      const braces = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(inPath.map(({ name }) => name)).toEqual(braces);
      expect(inPath.every(({ required }) => required)).toBe(true);
      const keys = parameters.map((it) => `${it.in} ${it.name}`);
      expect(new Set(keys).size).toBe(keys.length);
    },
  );

  it.each(all)('has success and described answers: $method $path', ({ operation }) => {
    const statuses = Object.keys(operation.responses);
    expect(statuses.filter((it) => /^2\d\d$/.test(it)).length).toBeGreaterThan(0);
    expect(statuses.every((it) => /^[2-5]\d\d$/.test(it))).toBe(true);
    for (const response of Object.values(operation.responses)) {
      expect('$ref' in response || response.description).toBeTruthy();
    }
  });

  it.each(all)('has a body only where one is read: $method $path', ({ method, operation }) => {
    expect(operation.requestBody !== undefined && ['get', 'delete'].includes(method)).toBe(false);
    expect(operation.requestBody === undefined).toBe(!('415' in operation.responses));
  });

  it.each(all)(
    'asks for a token that is described, or for none: $method $path',
    ({ operation }) => {
      const schemes = operation.security.flatMap((it) => Object.keys(it));
      expect(schemes.every((it) => it in document.components.securitySchemes)).toBe(true);
      expect(schemes.length === 0).toBe(!('401' in operation.responses));
    },
  );
});

describe('the examples of the OpenAPI document', () => {
  const withBody = all.filter(({ operation }) => operation.requestBody !== undefined);

  it.each(withBody)('are as their schema says: $method $path', ({ operation }) => {
    const { schema, example } = bodyOf(operation);
    expect(new Documented().mismatches(schema, example)).toEqual([]);
  });

  it.each(withBody)('are taken by the API: $method $path', ({ operation }) => {
    const { schema, example } = bodyOf(operation);
    const parse = PARSERS[String(schema['$ref']).split('/').at(-1) ?? ''];
    expect(parse?.(example)).toMatchObject({ ok: true });
  });
});

const DEFAULTS = { outputLimitBytes: 8 };
const PARSERS: Record<string, (body: unknown) => unknown> = {
  JobManifest: (body) => parseJob(body, DEFAULTS),
  CronJobManifest: (body) => parseCronJob(body, DEFAULTS),
  Submission: (body) => parseSubmission(body, DEFAULTS),
  TasksAddition: parseTasks,
  RetryRequest: parseRetry,
  Report: (body) => {
    const { task_name, task_status } = body as typeof REPORT;
    const name = { text: task_name, isString: true };
    return parseReport(
      { task_name: name, task_status: { text: `${task_status}`, isString: false } },
      true,
    );
  },
};

function bodyOf({ requestBody }: OperationObject) {
  const body = requestBody?.content['application/json'];
  if (body === undefined) throw new Error('the call has no body');
  return body;
}

function resolved(ref: string | undefined): unknown {
  const names = (ref ?? '').split('/').slice(1);
  return names.reduce((at: unknown, name) => (at as Record<string, unknown>)?.[name], document);
}
