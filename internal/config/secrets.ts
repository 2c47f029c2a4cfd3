import { Refused } from './errors.ts';
import { commaList } from './texts.ts';

const MIN_TOKEN_LENGTH = 16;
const MAX_SECRETS = 2;
const VISIBLE_ASCII = /^[!-~]+$/;
const STANDARD_WEBHOOKS = /^whsec_[A-Za-z0-9+/]+={0,2}$/;

/**
 * Reads API tokens: separated by commas, blanks or newlines; a line that begins with # is a comment.
 * Text without a token is refused: it would leave the API open although somebody meant to close it.
 */
export function apiTokens(text: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => !line.trimStart().startsWith('#'));
  const tokens = lines.flatMap((line) => line.split(/[\s,]+/)).filter((token) => token !== '');
  if (tokens.length === 0) throw new Refused('it is set and holds no token');
  refuseEach(tokens, 'token', (token) => {
    if (!VISIBLE_ASCII.test(token)) return 'has characters other than visible ASCII';
    const { length } = token;
    return length < MIN_TOKEN_LENGTH
      ? `has ${length} characters, at least ${MIN_TOKEN_LENGTH} are needed`
      : undefined;
  });
  return [...new Set(tokens)];
}

/** Reads the secrets that callbacks are signed with: one, or the new and the old one of a change. */
export function callbackSecrets(text: string): string[] {
  const secrets = commaList(text);
  if (secrets.length === 0) throw new Refused('it is set and holds no secret');
  if (secrets.length > MAX_SECRETS) {
    throw new Refused(`it holds ${secrets.length} secrets, at most ${MAX_SECRETS} are allowed`);
  }
  refuseEach(secrets, 'secret', (secret) =>
    secret.startsWith('whsec_') && !STANDARD_WEBHOOKS.test(secret)
      ? 'is not base64 behind "whsec_"'
      : undefined,
  );
  return secrets;
}

/** Names what is wrong by position: a secret is never shown. */
function refuseEach(
  secrets: string[],
  what: string,
  check: (secret: string) => string | undefined,
): void {
  const problems = secrets.flatMap((secret, i) => {
    const wrong = check(secret);
    return wrong === undefined ? [] : [`${what} ${i + 1} ${wrong}`];
  });
  if (problems.length > 0) throw new Refused(...problems);
}
