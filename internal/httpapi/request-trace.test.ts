import { describe, expect, it } from 'vitest';
import { TRACE_ANNOTATION } from '../apis/index.ts';
import type { SubmittedRequest } from './options.ts';
import { harness } from './testing/harness.ts';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const JOB = { image_name: 'alpine', callback_url: null };

/** An API whose jobs are stored with what they came with, unless it is `none`. */
function traced() {
  const told: SubmittedRequest[] = [];
  const traces = {
    traceparentOfJob: (_uid: string, given: string | undefined) => given,
    submitted: (request: SubmittedRequest) => told.push(request),
  };
  const made = harness({ traces });
  const stored = async (uid: string) =>
    (await made.store.getJob(uid))?.metadata.annotations?.[TRACE_ANNOTATION];
  return { ...made, told, stored };
}

describe('a traceparent', () => {
  it('is stored with the job that is submitted with it, and the request is told of once', async () => {
    const { api, told, stored, clock } = traced();
    const { body } = await api.post('/submit').set('traceparent', TRACEPARENT).send(JOB);
    expect(await stored(body.id)).toBe(TRACEPARENT);
    await expect.poll(() => told).toHaveLength(1);
    const times = { begunAt: clock.now(), endedAt: clock.now() };
    expect(told).toEqual([
      {
        ...{ uid: body.id, method: 'POST', route: '/submit', status: 201 },
        ...{ traceparent: TRACEPARENT, ...times },
      },
    ]);
  });

  it.each(['rubbish', `${TRACEPARENT}, ${TRACEPARENT}`, `${TRACEPARENT}-more`])(
    'that is none does no harm: %s',
    async (text) => {
      const { api, stored } = traced();
      const { body } = await api.post('/submit').set('traceparent', text).send(JOB).expect(201);
      expect(await stored(body.id)).toBeUndefined();
    },
  );

  it('is not taken from a repeated submission: the job has its own', async () => {
    const { api, told, stored } = traced();
    const send = (traceparent: string) =>
      api.post('/submit').set({ 'Idempotency-Key': 'k', traceparent }).send(JOB);
    const first = await send(TRACEPARENT);
    const again = await send(TRACEPARENT.replace('-00f0', '-11f0'));
    expect(again.body.id).toBe(first.body.id);
    expect(await stored(first.body.id)).toBe(TRACEPARENT);
    await expect.poll(() => told).toHaveLength(1);
  });

  it('may stand in the annotations of a manifest', async () => {
    const { api, stored } = traced();
    const metadata = { name: 'one', annotations: { [TRACE_ANNOTATION]: TRACEPARENT } };
    const manifest = { apiVersion: 'swarmer/v1', kind: 'Job', metadata, spec: { image: 'alpine' } };
    const { body } = await api.post('/v1/namespaces/default/jobs').send(manifest).expect(201);
    expect(await stored(body.metadata.uid)).toBe(TRACEPARENT);
  });
});
