import type { ManifestDocument } from '../../manifest/index.ts';

/** Something that the converter has to say of a place in the manifest that it was given. */
export interface ConversionNote {
  /** `dropped`, `changed`, or `error`: what was meant cannot be had. */
  severity: string;
  path: string;
  message: string;
}

/** Makes a manifest of ours of another one. */
export type Convert = (document: ManifestDocument) => {
  /** Absent when nothing could be made of it. */
  manifest?: object | undefined;
  notes: readonly ConversionNote[];
};

export interface Conversion {
  manifests: object[];
  /** Each as `job.yaml:12:5: spec.template: …`, in the order of the documents. */
  notes: string[];
  /** Whether one of the notes is an error. */
  failed: boolean;
}

/**
 * Converts documents one by one.
 * @param formatFault of the package manifest, which is loaded when it is needed.
 */
export function convertDocuments(
  documents: readonly ManifestDocument[],
  convert: Convert,
  formatFault: typeof import('../../manifest/index.ts').formatFault,
): Conversion {
  const result: Conversion = { manifests: [], notes: [], failed: false };
  for (const document of documents) {
    const { manifest, notes } = convert(document);
    if (manifest !== undefined) result.manifests.push(manifest);
    for (const note of notes) {
      const { path, message, severity } = note;
      const text = `${severity}: ${message}`;
      result.notes.push(formatFault(document.fault({ path, message: text })));
      result.failed ||= note.severity === 'error';
    }
  }
  return result;
}
