import { Refused } from './errors.ts';

/** Reads a URL that paths are put behind; no slash at its end. */
export function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:\/\//.test(text) || url.hostname === '') {
    throw new Refused('it is no URL that begins with http:// or https://');
  }
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new Refused('it is a base URL: no user, no query, no fragment');
  }
  return text.replace(/\/+$/, '');
}
