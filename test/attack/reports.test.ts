import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { reportPath } from '../../internal/apis/index.ts';
import { manifest, useApi } from '../api/harness.ts';
import { waitFor } from '../lab/wait.ts';
import { FAILED, PlayedJob } from '../support/played-job.ts';

/** S2 and S11: what a task can do with the token of its own report. */

const api = useApi();

/** A job of one task that runs, and where it reports. */
async function running(name: string) {
  const spec = { tasks: [{ name: 't' }], backoffLimit: 9 };
  const { body } = await api().api.post('/v1/namespaces/a/jobs').send(manifest(name, spec));
  const { uid } = body.metadata;
  const { stores, fence } = api();
  const job = new PlayedJob(stores.controller, fence, uid);
  const task = await job.claimOne();
  const key = await stores.jobs.reportKey();
  const at = (attempt: number) => reportPath(key, { jobUid: uid, index: 0, attempt });
  const report = async (path: string, stdout: string) => {
    const json = { task_name: 't', task_status: 0, task_result: { stdout, stderr: '' } };
    const { status } = await api().api.post(path).send(json);
    return status;
  };
  const events = async () => {
    const answer = await api().api.get(`/v1/jobs/${uid}/events?limit=1000`).expect(200);
    return (answer.body.items as { type: string }[]).map(({ type }) => type);
  };
  return { uid, job, task, at, report, events };
}

describe('the timeline of a job', () => {
  test.each(['Conflict', 'Superseded'])(
    'is not filled by reports that are refused again and again: %s',
    async (why) => {
      const { job, task, at, report, events } = await running(`fills-${why.toLowerCase()}`);
      if (why === 'Conflict') expect(await report(at(1), 'first')).toBe(204);
      else await job.retry(0, await job.end(task, 'x', FAILED));
      const before = await events();
      for (let i = 0; i < 25; i++) {
        // So many a second, and no more.
        const look = async () => {
          const status = await report(at(1), String(i));
          return status === 429 ? undefined : status;
        };
        expect(await waitFor(look, { what: 'a report to be looked at' })).toBe(409);
      }
      // The first and the tenth.
      const after = await events();
      expect(after).toEqual([...before, 'ReportRefused', 'ReportRefused']);
    },
  );
});

describe('a report', () => {
  test('of an attempt that is over is refused before its body comes', async () => {
    const { job, task, at } = await running('over');
    await job.retry(0, await job.end(task, 'x', FAILED));
    const { port } = new URL(api().url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`POST ${at(1)} HTTP/1.1\r\nHost: x\r\nContent-Length: 33554432\r\n\r\n{"task`);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 409 /);
    socket.destroy();
  });

  test('that came already is success again, and another one is not', async () => {
    const { at, report } = await running('again');
    expect(await report(at(1), 'x')).toBe(204);
    expect(await report(at(1), 'x')).toBe(204);
    expect(await report(at(1), 'y')).toBe(409);
  });
});
