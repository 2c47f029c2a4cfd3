import { readFile } from 'node:fs/promises';
import { valueOfFile } from '../apis/index.ts';

/** A setting: what it said at the start, and its file, which is read again at each use. */
export interface HeldText {
  value: string;
  /** Absolute. */
  file?: string;
}

/** What the setting says now. @throws Error when its file cannot be read or says nothing. */
export async function textOf({ value, file }: HeldText): Promise<string> {
  if (file === undefined) return value;
  const content = await readFile(file, 'utf8');
  try {
    return valueOfFile(content);
  } catch (cause) {
    throw new Error(`${file} ${(cause as Error).message}`, { cause });
  }
}
