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
import type { KnownFiles } from './known-files.ts';
import { lenientFiles } from './lenient-files.ts';
import type { Notices } from './notices.ts';

export interface DirectoryReaderOptions {
  directory: string;
  files: FileAccess;
  log: Logger;
  notices: Notices;
}

/** Faults of a file that one line of the log has. */
const FAULTS_LOGGED = 20;

/** Takes note of what a directory holds, and tells what is wrong with it. */
export class DirectoryReader {
  readonly #options: DirectoryReaderOptions;

  constructor(options: DirectoryReaderOptions) {
    this.#options = options;
  }

  /**
   * @returns the directories that were looked through.
   * @throws ManifestFileError when the directory itself cannot be read: nothing is known of it then.
   */
  async read(known: KnownFiles): Promise<ReadonlySet<string>> {
    const { directory, files } = this.#options;
    const directories = new Set<string>();
    const access = lenientFiles(files, directory, {
      note: (line) => this.#leftOut(line),
      listed: (each) => directories.add(each),
    });
    const found = await collectFiles([directory], { recursive: true, allowEmpty: true }, access);
    known.keepOnly(new Set(found.map(({ source }) => source)));
    for (const file of found) {
      const text = await this.#textOf(file);
      if (text !== undefined) await this.#update(known, file.source, text);
    }
    return directories;
  }

  async #textOf(file: ManifestFile): Promise<string | undefined> {
    try {
      return await file.read();
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
    notices.once(problem, () => log.error({ problem }, 'file left out'));
  }

  async #update(known: KnownFiles, source: string, text: string): Promise<void> {
    const content = known.update(source, text, await this.#variables(source, text));
    if (content === undefined || content.ok) return;
    const faults = content.faults.slice(0, FAULTS_LOGGED);
    const more = content.faults.length - faults.length + content.more;
    this.#options.log.error(
      { manifest: source, faults, ...(more === 0 ? {} : { more }) },
      'file has faults: nothing of it is applied until they are mended',
    );
  }
}
