import { describe, expect, it } from 'vitest';
import { readManifests } from './read.ts';

const TEXT = `# A job.
kind: Job
metadata:
  labels:
    "a/b": c
    empty:
spec:
  base: &base
    x: 1
  tasks:
    - name: one
    - name: two
      env: *base
    - { <<: *base, name: three }
  other: *base
body: 1
${'k'.repeat(70)}a: 1
${'k'.repeat(70)}b: 2
`;

function at(path: string, part?: 'key' | 'value'): string {
  const [document] = readManifests(TEXT, 'a.yaml').documents;
  const place = document?.locate(path, part);
  return `${place?.line}:${place?.column}`;
}

describe('locate', () => {
  it.each([
    ['body', '2:1'],
    ['kind', '2:7'],
    ['metadata.labels["a/b"]', '5:12'],
    ['spec.tasks', '11:5'],
    ['spec.tasks[1]', '12:7'],
    ['spec.tasks[1].name', '12:13'],
  ])('is the place of the value of %s', (path, place) => {
    expect(at(path)).toBe(place);
  });

  it.each([
    ['kind', '2:1'],
    ['body', '16:1'],
    ['metadata.labels["a/b"]', '5:5'],
    ['spec.tasks[1].name', '12:7'],
    ['spec.tasks[1]', '12:7'],
  ])('is the place of the key of %s', (path, place) => {
    expect(at(path, 'key')).toBe(place);
  });

  it('is the key of a value that is left out', () => {
    expect(at('metadata.labels.empty')).toBe('6:5');
  });

  it.each([
    ['name', '2:1'],
    ['metadata.name', '3:1'],
    ['spec.tasks[1].image', '12:7'],
    ['spec.tasks[9].image', '10:3'],
    ['spec.tasks.name', '10:3'],
    ['kind.of.thing', '2:1'],
    ['spec.tasks[x', '11:5'],
    ['["unclosed', '2:1'],
    ['["\\q"]', '2:1'],
    ['', '2:1'],
  ])('is the nearest thing around %s, which is not there', (path, place) => {
    expect(at(path)).toBe(place);
  });

  it('is the alias itself, but within it what the anchor has', () => {
    expect(at('spec.other')).toBe('15:10');
    expect(at('spec.tasks[1].env.x')).toBe('9:8');
    expect(at('spec.tasks[2].x')).toBe('9:8');
    expect(at('spec.tasks[2].name')).toBe('14:26');
  });

  it('finds names that pathText has cut', () => {
    expect(at(`["${'k'.repeat(64)}…"]`)).toBe('17:74');
  });
});
