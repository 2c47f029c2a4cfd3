import { afterAll, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import { waitFor } from '../lab/wait.ts';
import { Receiver } from '../support/receiver.ts';
import { Swarmer } from '../support/swarmer.ts';
import { OtlpReceiver, type ReceivedSpan } from './otlp-receiver.ts';

const lab = injectLab();
const image = await lab.ensureImage('busybox');
const collector = await OtlpReceiver.start();
const receiver = await Receiver.start();
const EXPORTING = {
  SWARMER_INSTANCE: 'tracing',
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20of-the-collector',
};
const [swarmer, phased, plain] = await Promise.all([
  new Swarmer(lab, { env: EXPORTING }).start(),
  new Swarmer(lab, { env: { ...EXPORTING, SWARMER_INSTANCE: 'phased' } }).start(),
  new Swarmer(lab, { env: { SWARMER_INSTANCE: 'untraced' } }).start(),
]);

afterAll(async () => {
  await Promise.all([swarmer.end(), phased.end(), plain.end()]);
  await Promise.all([receiver.stop(), collector.stop()]);
});

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const TRACEPARENT = `00-${TRACE}-${SPAN}-01`;
const ECHO = ['sh', '-c', 'echo $TRACEPARENT'];
const HELD = ['sh', '-c', 'echo $TRACEPARENT; until [ -e /go ]; do sleep 0.1; done'];

function submit(to: Swarmer, path: string, args: string[], traceparent = TRACEPARENT) {
  const tasks = [{ task_name: 'one', task_args: args }];
  const body = { image_name: image, callback_url: receiver.url(path), tasks };
  return to.post('/submit', body, { traceparent });
}

async function idOf(response: Response): Promise<string> {
  expect(response.status).toBe(201);
  return ((await response.json()) as { id: string }).id;
}

/** A span by its name, which one of the job has. */
function only(name: string, uid?: string): ReceivedSpan {
  const found = collector
    .named(name)
    .filter(({ attributes }) => uid === undefined || attributes['swarmer.job.uid'] === uid);
  const ids = new Set(found.map(({ spanId }) => spanId));
  const [span] = found;
  if (ids.size !== 1 || span === undefined) throw new Error(`${ids.size} spans are named ${name}`);
  return span;
}

const told = (name: string, uid: string) =>
  waitFor(() => collector.named(name).some((it) => it.attributes['swarmer.job.uid'] === uid), {
    what: `the span ${name} of ${uid}`,
  });

/** Awaits the container of a job's task, and gives what lets it go on. */
async function held(id: string): Promise<() => Promise<void>> {
  const filters = { label: [`swarmer.job=${id}`], status: ['running'] };
  const find = async () => (await lab.docker.listContainers({ filters }))[0];
  const { Id } = await waitFor(find, { what: 'the container of the task' });
  return async () => {
    const exec = await lab.docker.getContainer(Id).exec({ Cmd: ['touch', '/go'] });
    await exec.start({ Detach: true });
  };
}

test.concurrent('one trace goes from the client to the receiver, also when the server is killed in between', async () => {
  const id = await idOf(await submit(swarmer, '/traced', HELD));
  await told('POST /submit', id);
  const release = await held(id);
  const killedAt = Date.now();
  await swarmer.end('SIGKILL');
  await swarmer.start();
  await release();
  const { body, headers } = await receiver.delivery('/traced');
  await told('callback', id);
  await told('job', id);
  expect(collector.problems).toEqual([]);
  expect([...collector.authorizations]).toEqual(['Bearer of-the-collector']);

  const [request, job, attempt, callback] = ['POST /submit', 'job', 'attempt', 'callback'].map(
    (name) => only(name, id),
  );
  const spans = [request, job, attempt, callback];
  expect(spans.map((span) => span?.traceId)).toEqual(spans.map(() => TRACE));
  expect(spans.map((span) => span?.parentSpanId)).toEqual([
    ...[SPAN, request?.spanId, job?.spanId, job?.spanId],
  ]);
  // What began before the kill is told with the time at which it began.
  expect(Number(attempt?.startTimeUnixNano) / 1e6).toBeLessThan(killedAt);
  expect(Number(attempt?.endTimeUnixNano) / 1e6).toBeGreaterThan(killedAt - 1000);
  expect(body.tasks[0]?.result?.stdout).toBe(`00-${TRACE}-${attempt?.spanId}-01\n`);
  expect(headers['traceparent']).toBe(`00-${TRACE}-${callback?.spanId}-01`);
  expect(request?.attributes).toMatchObject({ 'http.route': '/submit' });
  expect(spans.map((span) => [span?.service, span?.status.code])).toEqual(
    spans.map(() => ['swarmer', 0]),
  );
});

test.concurrent('an attempt is told with its phases, and with what became of it', async () => {
  const id = await idOf(await submit(phased, '/phases', ['sh', '-c', 'sleep 0.1; exit 3']));
  await told('job', id);
  const [job, attempt] = [only('job', id), only('attempt', id)];
  expect(job.status).toMatchObject({ code: 2, message: '1 of 1 tasks did not succeed' });
  expect(attempt.status).toMatchObject({ code: 2, message: 'NonZeroExit' });
  expect(attempt.attributes).toMatchObject({ 'swarmer.outcome': 'Failed' });
  const phases = ['attempt start', 'attempt run'].map((name) =>
    collector.named(name).find(({ parentSpanId }) => parentSpanId === attempt.spanId),
  );
  expect(phases[0]?.endTimeUnixNano).toBe(phases[1]?.startTimeUnixNano);
  expect(phases[0]?.startTimeUnixNano).toBe(attempt.startTimeUnixNano);
  expect(phases[1]?.endTimeUnixNano).toBe(attempt.endTimeUnixNano);
});

test.concurrent('without an exporter a trace is handed on as it came, and nothing else is', async () => {
  const id = await idOf(await submit(plain, '/plain', ECHO));
  const { body, headers } = await receiver.delivery('/plain');
  expect(body.tasks[0]?.result?.stdout).toBe(`${TRACEPARENT}\n`);
  expect(headers['traceparent']).toBe(TRACEPARENT);
  expect(collector.spans.some((it) => it.attributes['swarmer.job.uid'] === id)).toBe(false);
  await idOf(await submit(plain, '/rubbish', ECHO, 'rubbish'));
  const other = await receiver.delivery('/rubbish');
  expect(other.body.tasks[0]?.result?.stdout).toBe('\n');
  expect(other.headers).not.toHaveProperty('traceparent');
});
