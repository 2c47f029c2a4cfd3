import { convertDocument } from './document.ts';
import { type ConversionNote, Notes, type Severity } from './notes.ts';

export type { ConversionNote, Severity };

export interface Conversion {
  /** A Job or CronJob of `swarmer/v1` that its parser accepts; absent when there is an error. */
  manifest?: object;
  /** What the manifest does not say as the Kubernetes object did, in the order of that object. */
  notes: ConversionNote[];
}

/**
 * The manifest of `swarmer/v1` that does what a Job or CronJob of `batch/v1` does, as nearly as there
 * are words for it. Defaults of Kubernetes that are not ours are written out. Pure; throws nothing.
 *
 * @param document one document of a file, as plain JSON.
 */
export function convertKubernetes(document: unknown): Conversion {
  const notes = new Notes();
  const manifest = convertDocument(document, notes);
  const inOrder = notes.inOrderOf(document);
  return manifest === undefined || notes.hasErrors
    ? { notes: inOrder }
    : { manifest, notes: inOrder };
}
