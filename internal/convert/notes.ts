import { type Path, pathText } from '../apis/validation/index.ts';
import { comparePositions, positionOf } from './position.ts';

/**
 * - `dropped`: the manifest does without it.
 * - `changed`: it is there, and does not mean quite the same.
 * - `error`: there is no manifest because of it.
 */
export type Severity = 'dropped' | 'changed' | 'error';

/** What the manifest does not say as the Kubernetes object did. */
export interface ConversionNote {
  /** Where it stands in the Kubernetes object, for example `spec.template.spec.containers[0].ports`. */
  path: string;
  severity: Severity;
  /** What has no equivalent, or another meaning, and what to do. */
  message: string;
}

interface Found {
  at: Path;
  note: ConversionNote;
}

/** Gathers notes. */
export class Notes {
  readonly #found: Found[] = [];

  get hasErrors(): boolean {
    return this.#found.some(({ note }) => note.severity === 'error');
  }

  dropped(at: Path, message: string): void {
    this.#add('dropped', at, message);
  }

  changed(at: Path, message: string): void {
    this.#add('changed', at, message);
  }

  /** @param rest what follows `at`, as text such as `[3]`. */
  error(at: Path, message: string, rest = ''): void {
    this.#add('error', at, message, rest);
  }

  /** The notes in the order of the document, so that one can go through both from top to bottom. */
  inOrderOf(document: unknown): ConversionNote[] {
    return this.#found
      .map(({ at, note }) => ({ note, position: positionOf(document, at) }))
      .sort((a, b) => comparePositions(a.position, b.position))
      .map(({ note }) => note);
  }

  #add(severity: Severity, at: Path, message: string, rest = ''): void {
    this.#found.push({ at, note: { path: pathText(at) + rest, severity, message } });
  }
}
