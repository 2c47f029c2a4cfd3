import { createHash } from 'node:crypto';
import type { EnvFiles } from '../manifest/index.ts';
import { Claims } from './claims.ts';
import { type DefaultsOf, type FileContent, readWanted, type WantedObject } from './wanted.ts';

/** What a file says. */
export interface FileText {
  text: string;
  /** Of variables, that its manifests name. */
  files: EnvFiles;
  /** Of both. */
  hash: string;
}

export function fileText(text: string, files: EnvFiles): FileText {
  const said = JSON.stringify([text, ...files]);
  return { text, files, hash: createHash('sha256').update(said).digest('hex') };
}

interface KnownFile {
  /** Of what it says. */
  hash: string;
  /** What is still to be applied of it. */
  pending: WantedObject[];
}

/** The files as they were seen last, and what is still to be applied of them. */
export class KnownFiles {
  readonly claims = new Claims();
  readonly #defaults: DefaultsOf;
  readonly #files = new Map<string, KnownFile>();
  readonly #held = new Set<string>();

  constructor(defaults: DefaultsOf) {
    this.#defaults = defaults;
  }

  /** Whether a file holds what it held before. */
  holds(source: string, content: FileText): boolean {
    return this.#files.get(source)?.hash === content.hash;
  }

  /** Keeps back what is still to be applied of a file, or no longer: it is being written. */
  hold(source: string, held: boolean): void {
    if (held) this.#held.add(source);
    else this.#held.delete(source);
  }

  /** Takes note of what a file holds now. The objects of a file that has become faulty stay its own. */
  update(source: string, { text, files, hash }: FileText): FileContent {
    const content = readWanted(text, source, this.#defaults, files);
    if (content.ok) this.claims.release(source);
    this.#files.set(source, { hash, pending: content.ok ? content.objects : [] });
    this.hold(source, false);
    return content;
  }

  /** Forgets the files that are gone. What they asked for stays as it is. */
  keepOnly(sources: ReadonlySet<string>): void {
    for (const source of this.#files.keys()) {
      if (sources.has(source)) continue;
      this.#files.delete(source);
      this.claims.release(source);
    }
    for (const source of this.#held) if (!sources.has(source)) this.hold(source, false);
  }

  /** What is still to be applied, by file, in the order of their names. */
  pending(): WantedObject[] {
    const files = [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1));
    return files.flatMap(([source, { pending }]) => (this.#held.has(source) ? [] : pending));
  }

  /** Nothing is left to do for an object. */
  done(object: WantedObject): void {
    const file = this.#files.get(object.document.source);
    if (file !== undefined) file.pending = file.pending.filter((each) => each !== object);
  }
}
