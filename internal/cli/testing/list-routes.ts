import type { CronJob, Job } from '../resources.ts';
import type { FakeApi, Kind } from './fake-api.ts';
import type { FakeAnswer, FakeRequest, FakeStream } from './http-fake.ts';

/** Lists of jobs and cron jobs, whole, by page, and watched. */
export function addListRoutes(api: FakeApi): void {
  for (const kind of ['jobs', 'cronjobs'] as const) {
    const handler = (request: FakeRequest, stream: FakeStream) => {
      if (request.query.get('watch') !== 'true') return page(api, kind, request);
      return watch(api, kind, request, stream);
    };
    api.route('GET', `/v1/${kind}`, handler);
    api.route('GET', `/v1/namespaces/([^/]+)/${kind}`, handler);
  }
}

function page(api: FakeApi, kind: Kind, { query, params }: FakeRequest): FakeAnswer {
  const all = api.list(kind).filter((object) => selects(query, params[0], object));
  const from = Number(query.get('continue') ?? 0);
  const limit = Number(query.get('limit') ?? 100);
  const rest = from + limit < all.length ? { continue: String(from + limit) } : {};
  return {
    body: {
      apiVersion: 'swarmer/v1',
      kind: kind === 'jobs' ? 'JobList' : 'CronJobList',
      metadata: { resourceVersion: api.resourceVersion, ...rest },
      items: all.slice(from, from + limit),
    },
  };
}

function watch(
  api: FakeApi,
  kind: Kind,
  { query, params, headers }: FakeRequest,
  stream: FakeStream,
): undefined {
  const since = Number(headers['last-event-id'] ?? query.get('resourceVersion') ?? 0);
  const tell = (change: FakeApi['changes'][number]): void => {
    if (change.kind !== kind || change.version <= since) return;
    if (!selects(query, params[0], change.object)) return;
    const { type, object, version } = change;
    stream.send({ id: String(version), event: type, data: { type, object } });
  };
  stream.raw(':\n');
  for (const change of api.changes) tell(change);
  stream.onClose(api.watch(tell));
}

/** Equality alone: what the server makes of selectors is its own business. */
function selects(
  query: URLSearchParams,
  namespace: string | undefined,
  object: Job | CronJob,
): boolean {
  const { metadata } = object;
  const { phase } = object.status as { phase?: string };
  const values: Record<string, string | undefined> = {
    'metadata.name': metadata.name,
    'status.phase': phase,
  };
  return (
    (namespace === undefined || namespace === metadata.namespace) &&
    pairs(query.get('labelSelector')).every(([key, value]) => metadata.labels?.[key] === value) &&
    pairs(query.get('fieldSelector')).every(([key, value]) => values[key] === value)
  );
}

function pairs(selector: string | null): [string, string][] {
  if (selector === null) return [];
  return selector.split(',').map((part) => {
    const [key = '', value = ''] = part.split('=');
    return [key, value];
  });
}
