import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { byLicence, readSbom, refused } from './sbom.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

test('every package that runs in the product has a licence that is allowed', () => {
  const sbom = readSbom();
  const names = new Set(sbom.components.map(({ name }) => name));
  const { dependencies } = JSON.parse(read('package.json')) as {
    dependencies: Record<string, string>;
  };
  expect(Object.keys(dependencies).filter((name) => !names.has(name))).toEqual([]);
  expect(names).not.toContain('vitest');
  expect(refused(byLicence(sbom))).toEqual([]);
});

test('a package without a licence, or with a strange one, is told', () => {
  const components = [
    { name: 'a', version: '1.0.0' },
    { name: 'b', version: '2.0.0', licenses: [{ license: { id: 'AGPL-3.0' } }] },
    { name: 'c', version: '3.0.0', licenses: [{ license: { id: 'MIT' } }] },
  ];
  expect(refused(byLicence({ components }))).toEqual([
    'a@1.0.0: licence none is not allowed',
    'b@2.0.0: licence AGPL-3.0 is not allowed',
  ]);
});

test('no package runs a script of its own when it is installed', () => {
  expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
});
