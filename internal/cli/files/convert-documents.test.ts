import { describe, expect, it } from 'vitest';
import { formatFault, readManifests } from '../../manifest/index.ts';
import { type Convert, convertDocuments } from './convert-documents.ts';

describe('converting documents', () => {
  const { documents } = readManifests('kind: A\nspec:\n  x: 1\n---\nkind: B\n', 'k.yaml');
  const converter =
    (severity: string): Convert =>
    ({ value }) => {
      const { kind } = value as { kind: string };
      if (kind === 'B') return { manifest: { kind: 'Job' }, notes: [] };
      return { notes: [{ severity, path: 'spec.x', message: 'there is nothing like it' }] };
    };

  it('gives what was made of them, and every note its place', () => {
    expect(convertDocuments(documents, converter('dropped'), formatFault)).toEqual({
      manifests: [{ kind: 'Job' }],
      notes: ['k.yaml:3:6: spec.x: dropped: there is nothing like it'],
      failed: false,
    });
  });

  it('has failed when a note is an error', () => {
    expect(convertDocuments(documents, converter('error'), formatFault).failed).toBe(true);
  });
});
