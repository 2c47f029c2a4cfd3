import { describe, expect, it } from 'vitest';
import { jobText } from './testing/directory.ts';
import { readWanted } from './wanted.ts';

const read = (text: string) => readWanted(text, 'a.yaml', () => ({ outputLimitBytes: 1024 }));

function only(text: string) {
  const content = read(text);
  if (!content.ok || content.objects[0] === undefined) throw new Error('it has no object');
  return content.objects[0];
}

function faults(text: string): string[] {
  const content = read(text);
  return content.ok ? [] : content.faults;
}

describe('the objects that a file asks for', () => {
  it('are told apart by kind, namespace and name', () => {
    const text = 'apiVersion: swarmer/v1\nkind: Job\nmetadata: {namespace: ns, name: x}\n';
    expect(only(`${text}spec: {image: a}`)).toMatchObject({ id: 'Job/ns/x', place: 'a.yaml:1:1' });
    expect(only(jobText('x')).id).toBe('Job/default/x');
  });

  it('have the digest of what they say, not of how it is written', () => {
    const { digest } = only(jobText('x'));
    const json = '{"spec":{"image":"busybox"},"metadata":{"name":"x"},"kind":"Job",';
    expect(only(`# note\n${json}"apiVersion":"swarmer/v1"}`).digest).toBe(digest);
    expect(only(jobText('x', ', args: [a]')).digest).not.toBe(digest);
    expect(only(jobText('x', ', args: [a, b]')).digest).not.toBe(
      only(jobText('x', ', args: [b, a]')).digest,
    );
  });

  it('are none of an empty file', () => {
    expect(read('# nothing yet\n')).toEqual({ ok: true, objects: [] });
  });
});

describe('what is wrong with a file', () => {
  it.each([
    ['{generateName: a-}', 'a.yaml:3:26: metadata.generateName: not in a directory that is kept'],
    ['{namespace: a}', 'a.yaml:3:1: metadata.name: is required in a directory that is kept'],
  ])('metadata %s', (metadata, fault) => {
    const text = `apiVersion: swarmer/v1\nkind: Job\nmetadata: ${metadata}\nspec: {image: a}\n`;
    expect(faults(text)).toEqual([expect.stringContaining(fault)]);
  });

  it('is told of all its documents', () => {
    expect(faults(`${jobText('x', ', parallelism: x')}---\nkind: Job\n---\na: [`)).toEqual([
      expect.stringMatching(/^a\.yaml:4:37: spec\.parallelism: /),
      expect.stringMatching(/^a\.yaml:6:1: apiVersion: /),
      expect.stringMatching(/^a\.yaml:8:4: /),
    ]);
  });

  it('is told of cron jobs too', () => {
    const text = `apiVersion: swarmer/v1
kind: CronJob
metadata: {name: x}
spec: {schedule: "61 * * * *", jobTemplate: {spec: {image: a}}}
`;
    expect(faults(text)).toEqual([expect.stringMatching(/^a\.yaml:4:18: spec\.schedule: /)]);
  });
});
