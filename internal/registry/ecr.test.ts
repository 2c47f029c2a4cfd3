import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { EcrTokens } from './ecr.ts';

const REGISTRY = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const TARGET = 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken';
const HOUR_MS = 3_600_000;

const clock = new FakeClock();
let server: Server;
let ecr: EcrTokens;
/** Requests so far, by who signed them. */
let asked: string[];
/** What the server answers with instead of a token. */
let trouble: { status: number; type: string } | undefined;

/** Speaks as much of the ECR API as there is to it: AWS JSON 1.1, one operation. */
beforeEach(async () => {
  [asked, trouble] = [[], undefined];
  server = createServer(({ headers, method }, reply) => {
    const [, key] = /Credential=([^/]+)\//.exec(headers.authorization ?? '') ?? [];
    const right = method === 'POST' && headers['x-amz-target'] === TARGET;
    asked.push(right ? `${key}` : 'another operation');
    reply.setHeader('content-type', 'application/x-amz-json-1.1');
    if (trouble !== undefined) {
      const words = 'AKIA-s3cret is not known';
      reply.writeHead(trouble.status).end(JSON.stringify({ __type: trouble.type, message: words }));
      return;
    }
    const authorizationToken = Buffer.from(`AWS:token-${asked.length}`).toString('base64');
    const expiresAt = (clock.now() + 12 * HOUR_MS) / 1000;
    reply.end(JSON.stringify({ authorizationData: [{ authorizationToken, expiresAt }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ecr = tokens('AKIA-one');
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function tokens(accessKeyId: string): EcrTokens {
  const { port } = server.address() as AddressInfo;
  return new EcrTokens(
    {
      keys: { accessKeyId: { value: accessKeyId }, secretAccessKey: { value: 's3cret' } },
      endpoint: `http://127.0.0.1:${port}`,
    },
    clock,
  );
}

async function password(registry = REGISTRY) {
  const result = await ecr.find({ registry, namespace: 'default' });
  return result.kind === 'found' ? result.login.auth.password : result;
}

it('logs in with a token that it asks for with the keys, and keeps it', async () => {
  const result = await ecr.find({ registry: REGISTRY, namespace: 'default' });
  expect(result.kind === 'found' && result.login.auth).toEqual({
    username: 'AWS',
    password: 'token-1',
    serveraddress: REGISTRY,
  });
  clock.advance(11 * HOUR_MS);
  expect(await password()).toBe('token-1');
  expect(asked).toEqual(['AKIA-one']);
});

it('renews the token before it expires', async () => {
  await password();
  clock.advance(12 * HOUR_MS - 31 * 60_000);
  expect(await password()).toBe('token-1');
  clock.advance(2 * 60_000);
  expect(await password()).toBe('token-2');
  expect(await password()).toBe('token-2');
});

it('goes on with a token that cannot be renewed until it expires', async () => {
  await password();
  trouble = { status: 500, type: 'ServerException' };
  clock.advance(12 * HOUR_MS - 60_000);
  expect(await password()).toBe('token-1');
  clock.advance(60_000);
  expect(await password()).toMatchObject({ kind: 'failed', passing: true });
  trouble = undefined;
  expect(await password()).toMatch(/^token-/);
});

it('asks once for the attempts that start together', async () => {
  expect(await Promise.all([password(), password(), password()])).toEqual(Array(3).fill('token-1'));
});

it('tells keys that are refused by the name of the error alone', async () => {
  trouble = { status: 400, type: 'UnrecognizedClientException' };
  const message = 'AWS ECR gave no token for AWS_*: UnrecognizedClientException';
  expect(await password()).toEqual({ kind: 'failed', message, passing: false });
});

it.each([
  'docker.io',
  'registry:5000',
  `${REGISTRY}.evil.example`,
  '123456789012.dkr.ecr.eu-central-1.evil.com',
])('is not asked for %s', async (registry) => {
  expect(await password(registry)).toEqual({ kind: 'none' });
  expect(asked).toEqual([]);
});

it.each([
  '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn',
  '123456789012.dkr.ecr-fips.us-east-1.amazonaws.com',
  '123456789012.dkr-ecr.eu-west-1.on.aws',
])('is asked for %s', async (registry) => {
  expect(await password(registry)).toBe('token-1');
});
