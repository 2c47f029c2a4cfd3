import type { CronJob, Job } from '../resources.ts';
import type { FakeApi, Kind } from './fake-api.ts';
import {
  type FakeAnswer,
  type FakeRequest,
  type FakeStream,
  type Handler,
  problem,
} from './http-fake.ts';
import { job } from './objects.ts';

type On = (
  object: Job | CronJob,
  request: FakeRequest,
  stream: FakeStream,
) => FakeAnswer | undefined;

/** One object of a kind, and what can be done with it. */
export function addJobRoutes(api: FakeApi): void {
  for (const kind of ['jobs', 'cronjobs'] as const) {
    const base = `/v1/namespaces/([^/]+)/${kind}/([^/]+)`;
    const add = (method: string, path: string, on: On) =>
      api.route(method, `${base}${path}`, withObject(api, kind, on));
    add('GET', '', (object) => ({
      body: object,
      headers: { etag: `"${object.metadata.resourceVersion}"` },
    }));
    add('DELETE', '', (object) => {
      api.remove(object);
      return { status: 202 };
    });
    add('POST', '/(?:suspend|resume)', (object, { path }) => ({
      body: api.put({
        ...object,
        spec: { ...object.spec, suspend: path.endsWith('/suspend') },
      } as Job | CronJob),
    }));
    if (kind === 'jobs') addVerbs(api, add);
    else add('POST', '/trigger', trigger(api));
  }
}

function addVerbs(api: FakeApi, add: (method: string, path: string, on: On) => void): void {
  const key = ({ metadata }: Job | CronJob) => `${metadata.namespace}/${metadata.name}`;
  add('POST', '/(?:retry|redeliver)', (object) => ({ body: api.put(object) }));
  add('POST', '/cancel', (object) => ({
    body: api.put({ ...object, status: { ...object.status, phase: 'Cancelled' } } as Job),
  }));
  add('GET', '/tasks', (object, { query }) => {
    const phase = query.get('phase');
    const items = (api.tasks.get(key(object)) ?? []).filter(
      (one) => phase === null || one.phase === phase,
    );
    return { body: { items: items.slice(0, Number(query.get('limit') ?? 1000)), metadata: {} } };
  });
  add('GET', '/tasks/([^/]+)', (object, { params }) => {
    const name = params[2];
    const found = api.tasks.get(key(object))?.find((one) => one.name === name);
    if (found === undefined) return problem(404, `there is no task "${name}"`);
    const attemptHistory = api.attempts.get(`${key(object)}/${name}`) ?? [];
    return { body: { ...found, attemptHistory, attemptsNotKept: 0 } };
  });
  add('GET', '/events', (object, { query, headers }, stream) => {
    const items = api.events.get(key(object)) ?? [];
    const after = headers['last-event-id'] ?? query.get('after');
    const rest = items.slice(items.findIndex(({ id }) => id === after) + 1);
    if (query.get('watch') !== 'true') {
      return { body: { items: rest.slice(0, Number(query.get('limit') ?? 1000)) } };
    }
    for (const event of rest) stream.send({ id: event.id, event: 'event', data: event });
    if ((object as Job).status.phase !== 'Running') stream.send({ event: 'end', data: {} });
    stream.end();
    return undefined;
  });
  add('GET', '/callback', (object) => {
    const found = api.callbacks.find(({ name }) => name === object.metadata.name);
    return found === undefined ? problem(404, 'the job has no callback') : { body: found };
  });
}

function trigger(api: FakeApi): On {
  return ({ metadata }) => {
    const made = job(`${metadata.name}-manual`, { namespace: metadata.namespace });
    return { status: 201, body: api.put(made) };
  };
}

function withObject(api: FakeApi, kind: Kind, on: On): Handler {
  return (request, stream) => {
    const [namespace = '', name = ''] = request.params;
    const object = api.find(kind, namespace, name);
    if (object !== undefined) return on(object, request, stream);
    const what = kind === 'jobs' ? 'job' : 'cron job';
    return problem(404, `there is no ${what} "${name}" in namespace "${namespace}"`);
  };
}
