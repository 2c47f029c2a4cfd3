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
  objects: readonly WantedObject[];
  /** What is still to be applied of it. */
  pending: WantedObject[];
  /** What is wrong with it: then nothing of it is applied. */
  faults: readonly string[];
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
    const [pending, faults] = content.ok ? [content.objects, []] : [[], content.faults];
    this.#files.set(source, { hash, objects: pending, pending, faults });
    if (content.ok) {
      this.#release(source);
      for (const { id, place, document } of content.objects) {
        this.claims.claim(id, { source, place, line: document.locate('body').line });
      }
    }
    this.hold(source, false);
    return content;
  }

  /** Forgets the files that are gone. What they asked for stays as it is. */
  keepOnly(sources: ReadonlySet<string>): void {
    for (const source of this.#files.keys()) {
      if (sources.has(source)) continue;
      this.#files.delete(source);
      this.#release(source);
    }
    for (const source of this.#held) if (!sources.has(source)) this.hold(source, false);
  }

  /** What another file has asked for all the while is to be as that says. */
  #release(source: string): void {
    const passed = this.claims.release(source);
    for (const [name, file] of this.#files) {
      if (name === source) continue;
      const { objects, pending } = file;
      file.pending = objects.filter((it) => passed.has(it.id) || pending.includes(it));
    }
  }

  /** What is wrong with files, by their names. */
  faults(): string[] {
    return this.#byName().flatMap(([, { faults }]) => faults);
  }

  #byName(): [string, KnownFile][] {
    return [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** What is still to be applied, by file, in the order of their names. */
  pending(): WantedObject[] {
    return this.#byName().flatMap(([source, { pending }]) =>
      this.#held.has(source) ? [] : pending,
    );
  }

  /** Nothing is left to do for an object. */
  done(object: WantedObject): void {
    const file = this.#files.get(object.document.source);
    if (file !== undefined) file.pending = file.pending.filter((each) => each !== object);
  }
}
