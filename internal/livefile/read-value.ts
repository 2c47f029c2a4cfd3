import { readFile } from 'node:fs/promises';
import type { Parsed } from '../apis/validation/index.ts';
import { checkManifest, formatFault, readManifests } from '../manifest/index.ts';

/** Reads the value of a file, or tells everything that is wrong with it. */
export type ParseValue<T> = (value: unknown) => Parsed<T>;

/** A file cannot be used. Says everything that is wrong with it, one line each, with line and column. */
export class FileProblems extends Error {
  override name = 'FileProblems';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.problems = problems;
  }
}

/**
 * The value of a file in YAML or JSON of one document.
 * @throws FileProblems
 */
export async function readValue<T>(path: string, parse: ParseValue<T>): Promise<T> {
  const { documents, faults, more } = readManifests(await textOf(path), path);
  if (faults.length > 0) throw refused(faults.map(formatFault), more);
  const [document, ...others] = documents;
  if (document === undefined || others.length > 0) {
    throw refused([`${path}: must have one document; it has ${documents.length}`]);
  }
  const checked = checkManifest(document, parse);
  if (!checked.ok) throw refused(checked.faults.map(formatFault), checked.more);
  return checked.value;
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new FileProblems([`${path}: cannot be read: ${(cause as Error).message}`], { cause });
  }
}

function refused(problems: string[], more = 0): FileProblems {
  return new FileProblems(more === 0 ? problems : [...problems, `and ${more} more problems`]);
}
