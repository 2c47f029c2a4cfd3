import { type Arbitrary, assert, constantFrom, jsonValue, nat, oneof, property } from 'fast-check';
import { describe, it } from 'vitest';
import { convertKubernetes } from './index.ts';
import { examples } from './testing/manifests.ts';

const VALUES: Arbitrary<unknown> = oneof(
  constantFrom<unknown>(0, -1, 1.5, 1e21, Number.NaN, true, '', '$(', '1Gi', [], {}, null),
  constantFrom<unknown>({ constructor: 1 }, [null], [[]], '__proto__', { __proto__: null, a: 1 }),
  jsonValue(),
);

/** The objects and lists within a value, itself among them. */
function containers(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(containers)];
}

describe('an object with any value in any place', () => {
  it('is converted and accepted, or has an error; nothing is thrown', () => {
    const documents = examples().map(({ document }) => document);
    assert(
      property(constantFrom(...documents), nat(), nat(), VALUES, (original, at, key, value) => {
        const document = structuredClone(original);
        const places = containers(document);
        const place = places[at % places.length] ?? {};
        const keys = [...Object.keys(place), 'another'];
        Reflect.set(place, keys[key % keys.length] ?? '', value);
        const { manifest, notes } = convertKubernetes(document);
        return (manifest === undefined) === notes.some(({ severity }) => severity === 'error');
      }),
      { numRuns: 3000 },
    );
  });
});
