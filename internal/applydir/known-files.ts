import { createHash } from 'node:crypto';
import type { EnvFiles } from '../manifest/index.ts';
import { Claims } from './claims.ts';
import { type DefaultsOf, type FileContent, readWanted, type WantedObject } from './wanted.ts';

interface KnownFile {
  /** Of its text, and of the variables that it names. */
  hash: string;
  /** What is still to be applied of it. */
  pending: WantedObject[];
}

/** The files as they were seen last, and what is still to be applied of them. */
export class KnownFiles {
  readonly claims = new Claims();
  readonly #defaults: DefaultsOf;
  readonly #files = new Map<string, KnownFile>();

  constructor(defaults: DefaultsOf) {
    this.#defaults = defaults;
  }

  /**
   * Takes note of what a file holds now. The objects of a file that has become faulty stay its own.
   * @param files of variables, that its manifests name.
   * @returns undefined when it holds what it held before.
   */
  update(source: string, text: string, files: EnvFiles = new Map()): FileContent | undefined {
    const hash = createHash('sha256')
      .update(JSON.stringify([text, ...files]))
      .digest('hex');
    if (this.#files.get(source)?.hash === hash) return undefined;
    const content = readWanted(text, source, this.#defaults, files);
    if (content.ok) this.claims.release(source);
    this.#files.set(source, { hash, pending: content.ok ? content.objects : [] });
    return content;
  }

  /** Forgets the files that are gone. What they asked for stays as it is. */
  keepOnly(sources: ReadonlySet<string>): void {
    for (const source of this.#files.keys()) {
      if (sources.has(source)) continue;
      this.#files.delete(source);
      this.claims.release(source);
    }
  }

  /** What is still to be applied, by file, in the order of their names. */
  pending(): WantedObject[] {
    const files = [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1));
    return files.flatMap(([, { pending }]) => pending);
  }

  /** Nothing is left to do for an object. */
  done(object: WantedObject): void {
    const file = this.#files.get(object.document.source);
    if (file !== undefined) file.pending = file.pending.filter((each) => each !== object);
  }
}
