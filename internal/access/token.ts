import { createHash, randomBytes } from 'node:crypto';

/** By which secret scanners and people know it. */
const PREFIX = 'swt_';
const RANDOM_BYTES = 32;
const HASH = /^sha256:([0-9a-f]{64})$/;

/**
 * A new token, of 256 random bits. As nobody can guess at those, one round of SHA-256 keeps what is
 * stored from being used; scrypt and its like are for what people think up, and would cost every request.
 */
export function newToken(): string {
  return PREFIX + randomBytes(RANDOM_BYTES).toString('base64url');
}

/** What is compared of a token, and stored: 32 bytes. */
export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The digest as a file has it. */
export function hashOf(token: string): string {
  return `sha256:${digestOf(token).toString('hex')}`;
}

/** The digest that a file has; undefined for what is none. */
export function parseHash(text: string): Buffer | undefined {
  const hex = HASH.exec(text)?.[1];
  return hex === undefined ? undefined : Buffer.from(hex, 'hex');
}
