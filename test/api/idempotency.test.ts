import { beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../internal/apis/canonical-json.ts';
import { CRON_JOB, SUBMISSION } from '../../internal/httpapi/openapi/operations/examples.ts';
import { spokenAccess } from '../../internal/httpapi/testing/fake-access.ts';
import { manifest, useApi } from './harness.ts';

const api = useApi({ access: spokenAccess });
const ALL = 'admin:*';
/** The name is made by the server, so that nothing but the key can say that a job was there before. */
const JOB = { ...manifest('x'), metadata: { generateName: 'run-' } };

interface Accepted {
  uid: string;
  namespace: string;
  replayed: boolean;
}

/** Sends a body with a key. Resolves to the job that the answer is of. */
async function post(path: string, key: string, body: object, token = ALL): Promise<Accepted> {
  const bearer = (role: string) => ({ Authorization: `Bearer ${role}` });
  const answer = await api()
    .api.post(path)
    .set(bearer(token))
    .set('Idempotency-Key', key)
    .send(body)
    .expect(201);
  const uid: string = answer.body.id ?? answer.body.metadata.uid;
  const job = await api().api.get(`/v1/jobs/${uid}`).set(bearer(ALL)).expect(200);
  const replayed = answer.headers['idempotent-replayed'] === 'true';
  return { uid, namespace: job.body.metadata.namespace, replayed };
}

const inNamespace = (namespace: string) => `/v1/namespaces/${namespace}/jobs`;

describe('one key with one body', () => {
  test('makes a job in each namespace that it is sent to, and one in each only', async () => {
    const first = await post(inNamespace('a'), 'k1', JOB);
    const second = await post(inNamespace('b'), 'k1', JOB);
    expect([first.namespace, second.namespace]).toEqual(['a', 'b']);
    expect([first.replayed, second.replayed]).toEqual([false, false]);
    for (const made of [first, second]) {
      const again = await post(inNamespace(made.namespace), 'k1', JOB);
      expect(again).toEqual({ ...made, replayed: true });
    }
  });

  test('makes a job by each route that it is sent to', async () => {
    const bodies = [
      ['/v1/jobs', JOB],
      [inNamespace('default'), JOB],
      ['/submit', SUBMISSION],
    ] as const;
    const made: Accepted[] = [];
    for (const [path, body] of bodies) made.push(await post(path, 'k2', body));
    expect(made.map(({ replayed }) => replayed)).toEqual([false, false, false]);
    expect(new Set(made.map(({ uid }) => uid)).size).toBe(3);
    for (const [i, [path, body]] of bodies.entries()) {
      expect(await post(path, 'k2', body)).toEqual({ ...made[i], replayed: true });
    }
  });

  test('is of the namespace that the token of /submit is bound to, and of that token', async () => {
    const one = await post('/submit', 'k3', SUBMISSION, 'submit:a');
    const other = await post('/submit', 'k3', SUBMISSION, 'submit:b');
    expect([one, other]).toMatchObject([
      { namespace: 'a', replayed: false },
      { namespace: 'b', replayed: false },
    ]);
    const edit = await post('/submit', 'k3', SUBMISSION, 'edit:a');
    expect(edit).toMatchObject({ namespace: 'a', replayed: false });
  });

  test('is refused with another body, in the same namespace only', async () => {
    await post(inNamespace('a'), 'k4', JOB);
    const other = { ...JOB, spec: { image: 'alpine' } };
    const refused = api().api.post(inNamespace('a')).set('Authorization', `Bearer ${ALL}`);
    await refused.set('Idempotency-Key', 'k4').send(other).expect(409);
    expect(await post(inNamespace('b'), 'k4', other)).toMatchObject({ replayed: false });
  });

  test('triggers each cron job once', async () => {
    const at = (name: string) => `/v1/namespaces/a/cronjobs/${name}`;
    for (const name of ['nightly', 'hourly']) {
      await api()
        .api.put(at(name))
        .set('Authorization', `Bearer ${ALL}`)
        .send({ ...CRON_JOB, metadata: { name } })
        .expect(201);
    }
    const first = await post(`${at('nightly')}/trigger`, 'k5', {});
    expect(await post(`${at('nightly')}/trigger`, 'k5', {})).toEqual({ ...first, replayed: true });
    const other = await post(`${at('hourly')}/trigger`, 'k5', {});
    expect(other).toMatchObject({ replayed: false });
    expect(other.uid).not.toBe(first.uid);
  });
});

describe('a key that the version before remembered', () => {
  let before: Accepted;

  beforeAll(async () => {
    before = await post(inNamespace('a'), 'without-the-old-one', JOB);
    // As it wrote them: by the caller alone.
    const record = { uid: before.uid, digest: digestOf(JOB) };
    await api().redis.hset('swarmer:idempotency:admin:*:old', record);
  });

  test('gives the job of then to the same body in its namespace', async () => {
    expect(await post(inNamespace('a'), 'old', JOB)).toEqual({ ...before, replayed: true });
  });

  test.each([
    ['another namespace', inNamespace('b'), JOB],
    ['another body', inNamespace('a'), { ...JOB, spec: { image: 'alpine' } }],
    ['another route', '/submit', SUBMISSION],
  ])('is a new one for %s', async (_what, path, body) => {
    expect(await post(path, 'old', body)).toMatchObject({ replayed: false });
  });

  test('is a new one for who is another caller', async () => {
    const other = await post(inNamespace('a'), 'old', JOB, 'edit:a');
    expect(other).toMatchObject({ replayed: false });
  });
});
