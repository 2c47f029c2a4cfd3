import { LIMITS } from './rules.ts';

// The grammar of github.com/distribution/reference (v0.6.0, regexp.go).
const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const HOST = `(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]{1,5})?`;
const PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(`^(?:${HOST}/)?${PART}(?:/${PART})*(?::${TAG})?(?:@${DIGEST})?$`);

/** Of the name with its registry, which is docker.io where none is named. */
const MOST_NAME_CHARS = 255;
/** So the engine writes ids of images: a name must not look like one. */
const IDENTIFIER = /^[a-f0-9]{64}$/;

function fullName(text: string): string {
  const name = text.replace(/@.*$/, '').replace(/:[^/]*$/, '');
  const [first = '', ...rest] = name.split('/');
  if (rest.length > 0 && (/[.:A-Z]/.test(first) || first === 'localhost')) return name;
  return rest.length > 0 ? `docker.io/${name}` : `docker.io/library/${name}`;
}

/** True when the engine can take `text` for the name of an image. Says nothing of its existence. */
export function isImageReference(text: string): boolean {
  if (text.length > LIMITS.imageNameChars || !REFERENCE.test(text)) return false;
  return !IDENTIFIER.test(text) && fullName(text).length <= MOST_NAME_CHARS;
}
