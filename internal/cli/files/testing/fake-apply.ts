import type { Job } from '../../resources.ts';
import type { FakeApi, Kind } from '../../testing/fake-api.ts';
import { type FakeAnswer, type FakeRequest, problem } from '../../testing/http-fake.ts';
import { job } from '../../testing/objects.ts';

type Given = Pick<Job, 'kind' | 'spec'> & {
  metadata: Partial<Job['metadata']> & { generateName?: string };
};

/**
 * Makes the fake server apply and create objects of both kinds. As in the real one the image of an
 * object that is there cannot be changed, unless it is replaced.
 */
export function addApply(api: FakeApi): void {
  for (const kind of ['jobs', 'cronjobs'] as const) {
    const base = `/v1/namespaces/([^/]+)/${kind}`;
    api.route('PUT', `${base}/([^/]+)`, (request) => apply(api, kind, request));
    api.route('POST', base, (request) => create(api, kind, request));
  }
}

function apply(api: FakeApi, kind: Kind, { params, query, body }: FakeRequest): FakeAnswer {
  const [namespace = '', name = ''] = params;
  const [before, given] = [api.find(kind, namespace, name), body as Given];
  if (kind === 'cronjobs' && query.has('replace')) return problem(400, 'unknown query parameter');
  const dryRun = query.get('dryRun') === 'All';
  const object = objectOf(given, namespace, name);
  const known = new Map<string, unknown>(Object.entries(before?.spec ?? {}));
  const changes = Object.entries(given.spec)
    .map(([key, to]) => ({ path: `spec.${key}`, from: known.get(key), to }))
    .filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to));
  const fixed = before !== undefined && changes.some(({ path }) => path === 'spec.image');
  if (fixed && query.get('replace') !== 'true') {
    const errors = [{ path: 'spec.image', message: 'cannot be changed' }];
    return problem(422, 'delete the job, or apply it with replace=true', errors);
  }
  const changed = changes.length === 0 ? 'unchanged' : fixed ? 'replaced' : 'configured';
  const result = before === undefined ? 'created' : changed;
  const after = dryRun ? object : api.put(object);
  const shown = before === undefined ? [] : changes;
  return {
    body: { result, changes: shown, ...(dryRun && before ? { before } : {}), object: after },
  };
}

function create(api: FakeApi, kind: Kind, { params, query, body }: FakeRequest): FakeAnswer {
  const [namespace = ''] = params;
  const given = body as Given;
  const name = given.metadata?.name ?? `${given.metadata?.generateName ?? ''}x7k2p`;
  if (api.find(kind, namespace, name) !== undefined) {
    return problem(409, `there is a job "${name}" in namespace "${namespace}" already`);
  }
  const object = objectOf(given, namespace, name);
  return query.get('dryRun') === 'All' ? { body: object } : { status: 201, body: api.put(object) };
}

function objectOf({ kind, metadata, spec }: Given, namespace: string, name: string): Job {
  const { metadata: made, ...rest } = job(name);
  const labels = metadata?.labels ?? {};
  return {
    ...rest,
    kind,
    metadata: { ...made, namespace, labels },
    spec: { ...rest.spec, ...spec },
  };
}
