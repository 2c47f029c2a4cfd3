import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Conversion } from '../index.ts';

const FOLDER = new URL('manifests/', import.meta.url);
const EXPECTED = '.expected.yaml';

/** A Kubernetes object, and what is to become of it. */
export interface Example {
  name: string;
  document: unknown;
  expected: Conversion;
}

/** The examples of `testing/manifests`: `<name>.yaml` and `<name>.expected.yaml`. */
export function examples(): Example[] {
  return readdirSync(FOLDER)
    .filter((file) => !file.endsWith(EXPECTED))
    .map((file) => {
      const name = file.replace(/\.yaml$/, '');
      return { name, document: read(file), expected: read(name + EXPECTED) as Conversion };
    });
}

function read(file: string): unknown {
  return parse(readFileSync(new URL(file, FOLDER), 'utf8'));
}
