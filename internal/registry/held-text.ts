import { readFile } from 'node:fs/promises';

/** A setting: what it said at the start, and its file, which is read again at each use. */
export interface HeldText {
  value: string;
  /** Absolute. */
  file?: string;
}

/** What the setting says now. @throws Error when its file cannot be read or is empty. */
export async function textOf({ value, file }: HeldText): Promise<string> {
  if (file === undefined) return value;
  const text = (await readFile(file, 'utf8')).replace(/[\r\n]+$/, '');
  if (text === '') throw new Error(`${file} is empty`);
  return text;
}
