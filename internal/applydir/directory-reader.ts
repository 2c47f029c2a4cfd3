import type { Logger } from 'pino';
import {
  collectFiles,
  type EnvFiles,
  type FileAccess,
  type ManifestFile,
  ManifestFileError,
  readEnvFiles,
  readManifests,
} from '../manifest/index.ts';
import { type FileState, filesState, openForWriting } from './file-state.ts';
import { type FileText, fileText, type KnownFiles } from './known-files.ts';
import { lenientFiles } from './lenient-files.ts';
import type { Notices } from './notices.ts';
import type { Settling } from './settling.ts';

export interface DirectoryReaderOptions {
  directory: string;
  files: FileAccess;
  log: Logger;
  notices: Notices;
  settling: Settling;
}

/** Faults of a file that one line of the log has. */
const FAULTS_LOGGED = 20;

/** Between looks at whether a file is still open for writing, in ms: nothing tells when it is closed. */
const OPEN_RETRY_MS = 2000;

/** Takes note of what a directory holds, and tells what is wrong with it. */
export class DirectoryReader {
  readonly #options: DirectoryReaderOptions;

  constructor(options: DirectoryReaderOptions) {
    this.#options = options;
  }

  /**
   * @returns the directories that were looked through, and in how many ms a file may be taken that may
   * still be being written.
   * @throws ManifestFileError when the directory itself cannot be read: nothing is known of it then.
   */
  async read(known: KnownFiles): Promise<{ directories: ReadonlySet<string>; waitMs: number }> {
    const { directory, files, settling } = this.#options;
    const directories = new Set<string>();
    const access = lenientFiles(files, directory, {
      note: (line) => this.#leftOut(line),
      listed: (each) => directories.add(each),
    });
    settling.begin();
    const found = await collectFiles([directory], { recursive: true, allowEmpty: true }, access);
    const sources = new Set(found.map(({ source }) => source));
    known.keepOnly(sources);
    settling.keepOnly(sources);
    const changed = new Map<string, FileText>();
    for (const file of found) {
      const content = await this.#contentOf(file);
      const isNew = content === undefined || !known.holds(file.source, content);
      known.hold(file.source, isNew);
      if (isNew && content !== undefined) changed.set(file.source, content);
      else settling.forget(file.source);
    }
    return { directories, waitMs: await this.#takeSettled(known, changed) };
  }

  /** Takes the files that are whole, as far as can be told. @returns in how many ms there may be more. */
  async #takeSettled(known: KnownFiles, changed: ReadonlyMap<string, FileText>): Promise<number> {
    const { settling } = this.#options;
    const waits: number[] = [];
    const settled = new Map<string, FileText & FileState>();
    for (const [source, content] of changed) {
      // After it was read: what came between the two shows as a change at the next look.
      const state = await filesState(pathsOf(source, content));
      const waitMs = settling.waitMs(source, { ...state, print: `${content.hash} ${state.stamp}` });
      if (waitMs > 0) waits.push(waitMs);
      else settled.set(source, { ...content, ...state });
    }
    const named = [...settled].flatMap(([source, content]) => pathsOf(source, content));
    const open = await openForWriting(named);
    for (const [source, { stamp, ...content }] of settled) {
      const paths = pathsOf(source, content);
      if (paths.some((path) => open.has(path))) {
        waits.push(this.#leaveOpen(source, paths));
      } else if ((await filesState(paths)).stamp === stamp) {
        this.#take(known, source, content);
      } else {
        // Who had it open has written the rest, and closed it, since it was read.
        waits.push(0);
      }
    }
    return Math.min(...waits);
  }

  /** @returns in how many ms to look again. */
  #leaveOpen(source: string, files: readonly string[]): number {
    const { log, notices } = this.#options;
    notices.once(`open ${source}`, () => {
      log.warn({ manifest: source, files }, 'file is open for writing: taken once it is not');
    });
    return OPEN_RETRY_MS;
  }

  async #contentOf(file: ManifestFile): Promise<FileText | undefined> {
    try {
      const text = await file.read();
      return fileText(text, await this.#variables(file.source, text));
    } catch (error) {
      if (!(error instanceof ManifestFileError)) throw error;
      this.#leftOut(error.message);
      return undefined;
    }
  }

  /** What changes in the files that a manifest names is a change of it. Few name any. */
  async #variables(source: string, text: string): Promise<EnvFiles> {
    if (!text.includes('envFile')) return new Map();
    const { documents } = readManifests(text, source);
    return readEnvFiles(documents, { access: this.#options.files, confined: true });
  }

  #leftOut(problem: string): void {
    const { log, notices } = this.#options;
    notices.once(problem, () => log.error({ problem }, 'file left out'), problem);
  }

  #take(known: KnownFiles, source: string, text: FileText): void {
    this.#options.settling.forget(source);
    const content = known.update(source, text);
    if (content.ok) return;
    const faults = content.faults.slice(0, FAULTS_LOGGED);
    const more = content.faults.length - faults.length + content.more;
    this.#options.log.error(
      { manifest: source, faults, ...(more === 0 ? {} : { more }) },
      'file has faults: nothing of it is applied until they are mended',
    );
  }
}

/** A manifest, and the files of variables that it names. */
function pathsOf(source: string, { files }: FileText): string[] {
  return [source, ...files.keys()];
}
