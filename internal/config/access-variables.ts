import { hosts } from './allow.ts';
import { integer } from './numbers.ts';
import { apiTokens } from './secrets.ts';
import { oneOf, path, pathOr } from './texts.ts';
import type { Variable } from './variable.ts';

/** Who may use the API, how often, and who is told of it. */
export const ACCESS_VARIABLES = {
  apiTokens: {
    name: 'SWARMER_API_TOKENS',
    description:
      'tokens that open the API, separated by commas or blanks (default: no token needed)',
    example: '$(openssl rand -hex 32)',
    parse: apiTokens,
  },
  accessFile: {
    name: 'SWARMER_ACCESS_FILE',
    description: 'file of tokens with roles and namespaces; read again when it changes',
    example: '/etc/swarmer/access.yaml',
    parse: path,
  },
  allowAnonymousAdmin: {
    name: 'SWARMER_ALLOW_ANONYMOUS_ADMIN',
    fallback: 'false',
    description:
      'true lets whoever reaches SWARMER_HOST do everything, without a token; needed where that is not loopback',
    example: 'true',
    parse: oneOf(['true', 'false']),
  },
  allowedHosts: {
    name: 'SWARMER_ALLOWED_HOSTS',
    description:
      'host names by which a server without tokens may be asked, beside loopback and SWARMER_HOST, by commas',
    example: 'swarmer.example.com,*.internal',
    parse: hosts,
  },
  rateLimit: {
    name: 'SWARMER_RATE_LIMIT',
    description:
      'requests a second of one token, or of one address without tokens; 0: any number (default: 500, ' +
      'of loopback any number)',
    example: '1000',
    parse: integer(0, 1_000_000),
  },
  authFailureLimit: {
    name: 'SWARMER_AUTH_FAILURE_LIMIT',
    fallback: '10',
    description:
      'requests a second without a valid token that one address is answered; 0: any number',
    example: '10',
    parse: integer(0, 1_000_000),
  },
  auditLog: {
    name: 'SWARMER_AUDIT_LOG',
    fallback: 'stdout',
    description: 'file that every write of a user is noted in, a line each; or stdout, or off',
    example: '/var/log/swarmer/audit.log',
    parse: pathOr(['stdout', 'off']),
  },
} satisfies Record<string, Variable<unknown>>;
