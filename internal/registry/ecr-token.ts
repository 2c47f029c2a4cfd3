import type { Keys } from './ecr.ts';
import type { Secret } from './login.ts';

/** What ECR takes for a login, and until when. */
export interface Token {
  secret: Secret;
  /** Unix time in ms. */
  expiresAt: number;
}

interface TokenRequest {
  region: string;
  keys?: Keys;
  endpoint?: string;
}

type TokenAnswer =
  | { kind: 'token'; token: Token }
  | { kind: 'failed'; message: string; passing: boolean };

const CONNECT_MS = 3000;
const ANSWER_MS = 5000;
const WORDS = 'AWS ECR gave no token for AWS_*';

/**
 * Asks ECR for a token (`GetAuthorizationToken`; it is good for 12 hours). The SDK is loaded here, by
 * those who use it only: it is large.
 */
export async function fetchToken({ region, keys, endpoint }: TokenRequest): Promise<TokenAnswer> {
  const { ECRClient, GetAuthorizationTokenCommand } = await import('@aws-sdk/client-ecr');
  const client = new ECRClient({
    region,
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: ANSWER_MS,
      throwOnRequestTimeout: true,
    },
    ...(keys === undefined ? {} : { credentials: keys }),
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  try {
    const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}));
    const [data] = authorizationData ?? [];
    const pair = Buffer.from(data?.authorizationToken ?? '', 'base64').toString();
    const colon = pair.indexOf(':');
    if (colon < 1 || data?.expiresAt === undefined) {
      return { kind: 'failed', message: `${WORDS}: its answer has none`, passing: true };
    }
    const secret = { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
    return { kind: 'token', token: { secret, expiresAt: data.expiresAt.getTime() } };
  } catch (error) {
    return failure(error);
  } finally {
    client.destroy();
  }
}

/** Only the name of the error is told: its words may quote what was sent. */
function failure(error: unknown): TokenAnswer {
  const name = error instanceof Error ? error.name : 'unknown error';
  const fault = error instanceof Error && '$fault' in error ? error.$fault : undefined;
  const throttled = /Throttl|TooManyRequests|RequestLimit/i.test(name);
  return { kind: 'failed', message: `${WORDS}: ${name}`, passing: fault !== 'client' || throttled };
}
