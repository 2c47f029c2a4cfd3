import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Signs one message whose body comes in pieces. */
export interface MessageSigner {
  update(chunk: Buffer): void;
  /** Value of `webhook-signature`: one `v1,…` per secret, separated by spaces. Call once, at the end. */
  digest(): string;
}

/** Begins the signature of the message with this `webhook-id` and `webhook-timestamp` (Unix seconds). */
export type Sign = (id: string, timestamp: number) => MessageSigner;

/**
 * `webhook-id` of a job's callback: the same on every redelivery, so that receivers can tell. A job
 * whose failed tasks were made to run again has another result, hence another id.
 */
export function webhookId(jobUid: string, generation = 1): string {
  return generation === 1 ? `msg_${jobUid}` : `msg_${jobUid}_${generation}`;
}

/**
 * Signing by the Standard Webhooks scheme: `v1,` and base64 of HMAC-SHA256 over
 * `<id>.<timestamp>.<body>`. Several secrets give several signatures, the scheme's way of rotation.
 *
 * @param secrets `whsec_<base64>`; text without that prefix is used as it is, as UTF-8 bytes.
 * @returns undefined when there is no secret.
 * @throws Error when a secret is empty or not base64 behind its prefix. Never shows it.
 */
export function createSign(secrets: readonly string[]): Sign | undefined {
  if (secrets.length === 0) return undefined;
  const keys = secrets.map(secretKey);
  return (id, timestamp) => {
    const macs = keys.map((key) => createHmac('sha256', key).update(`${id}.${timestamp}.`));
    return {
      update: (chunk) => {
        for (const mac of macs) mac.update(chunk);
      },
      digest: () => macs.map((mac) => `v1,${mac.digest('base64')}`).join(' '),
    };
  };
}

function secretKey(secret: string, position: number): Buffer {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : undefined;
  if (secret === '' || (encoded !== undefined && !BASE64.test(encoded))) {
    throw new Error(
      `SWARMER_CALLBACK_SECRET: secret ${position + 1} is empty or not base64 behind "${PREFIX}". ` +
        `Make one with: echo ${PREFIX}$(openssl rand -base64 32)`,
    );
  }
  return encoded === undefined ? Buffer.from(secret, 'utf8') : Buffer.from(encoded, 'base64');
}
