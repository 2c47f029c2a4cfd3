import { isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { Refused } from './errors.ts';

/** Takes text that a pattern matches as a whole. `wanted` ends the sentence "… is not". */
export function matching(pattern: RegExp, wanted: string): (text: string) => string {
  return (text) => {
    if (pattern.test(text)) return text;
    throw new Refused(`${JSON.stringify(text)} is not ${wanted}`);
  };
}

/** Takes one of a few words. */
export function oneOf<const W extends string>(words: readonly W[]): (text: string) => W {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new Refused(`${JSON.stringify(text)} is not one of ${words.join(', ')}`);
  };
}

/** Takes a host name or an address, without a port. */
export function host(text: string): string {
  if (isIPv6(text) || /^[\w.-]+$/.test(text)) return text;
  throw new Refused(`${JSON.stringify(text)} is not a host name or address (without a port)`);
}

/** Takes a path and makes it absolute. */
export function path(text: string): string {
  if (text.includes('\0')) throw new Refused('a path holds no NUL byte');
  return resolve(text);
}

/** Takes a path and makes it absolute, or what a file of PEM holds, as it is. */
export function pem(text: string): string {
  return isPem(text) ? text : path(text);
}

/** Whether a text is PEM itself, and no path. */
export function isPem(text: string): boolean {
  return text.includes('-----BEGIN ');
}

/**
 * Takes the path of a file, or a word that stands for something else; not what is in a file, as somebody gives it
 * who takes `_FILE` for that.
 */
export function pathOfFileOr(word: string): (text: string) => string {
  return (text) => {
    if (/[\r\n]/.test(text))
      throw new Refused('it must be the path of the file, not what is in it');
    return text === word ? word : path(text);
  };
}

/** Takes a path, or one of a few words that stand for something else. */
export function pathOr<const W extends string>(words: readonly W[]): (text: string) => string {
  return (text) => words.find((word) => word === text) ?? path(text);
}

/** Takes anything. */
export function any(text: string): string {
  return text;
}

/** The entries of a comma list, without the empty ones. */
export function commaList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** A host and a port of text like `redis:6379` or `[::1]:6379`; undefined when it is none. */
export function hostAndPort(
  text: string,
  defaultPort: number,
): { host: string; port: number } | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? defaultPort);
  if (host === undefined || port < 1 || port > 65535) return undefined;
  return { host, port };
}
