import { describe, expect, it } from 'vitest';
import { parseCronJob, parseJob } from '../apis/validation/index.ts';
import { convertKubernetes } from './index.ts';
import { examples } from './testing/manifests.ts';
import { COVERED, namesIn } from './testing/walk.ts';

const all = examples();

describe('an object of Kubernetes', () => {
  it.each(all.map((example) => [example.name, example] as const))(
    'becomes what is expected: %s',
    (_name, { document, expected }) => {
      const converted = convertKubernetes(document);
      expect(converted).toStrictEqual(expected);
      // The order of keys is for readers, and no part of equality.
      expect(JSON.stringify(converted.manifest)).toBe(JSON.stringify(expected.manifest));
    },
  );

  it.each(all.map((example) => [example.name, example] as const))(
    'has a manifest unless there is an error, and one that the server takes: %s',
    (_name, { document }) => {
      const { manifest, notes } = convertKubernetes(document);
      const hasError = notes.some(({ severity }) => severity === 'error');
      expect(manifest === undefined).toBe(hasError);
      if (manifest === undefined) return;
      const parse = Reflect.get(manifest, 'kind') === 'CronJob' ? parseCronJob : parseJob;
      expect(parse(manifest, { outputLimitBytes: 1024 })).toMatchObject({ ok: true });
    },
  );

  it('is left as it was', () => {
    for (const { document } of all) {
      const before = structuredClone(document);
      convertKubernetes(document);
      expect(document).toStrictEqual(before);
    }
  });

  it.each([null, undefined, 'text', 7, [], [{}], {}])('is refused when it is none: %j', (value) => {
    const { manifest, notes } = convertKubernetes(value);
    expect(manifest).toBeUndefined();
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatchObject({ severity: 'error', path: /^(body|kind)$/ });
  });
});

describe('the examples', () => {
  const fields = COVERED.flatMap((table) =>
    [...table.converted, ...Object.keys(table.dropped)].map((field) => [table.type, field, table]),
  );

  it.each(fields as [string, string, (typeof COVERED)[number]][])(
    'have a %s with %s',
    (_type, field, table) => {
      const names = new Set(all.flatMap(({ document }) => namesIn(document, table)));
      expect([...names]).toContain(field);
    },
  );

  it('are at least twenty, and half of them convert', () => {
    expect(all.length).toBeGreaterThanOrEqual(20);
    expect(all.filter(({ expected }) => expected.manifest).length).toBeGreaterThan(all.length / 2);
  });
});
