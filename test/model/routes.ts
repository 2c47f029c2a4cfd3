import { ModelError } from './model-error.ts';
import type { ModelNode, ModelSpec } from './raw.ts';
import type { CallName } from './server-faults.ts';
import type { ModelSwarm } from './swarm.ts';

/** A request, taken apart. */
export interface Call {
  name: CallName;
  /** The part of the path that names a service or task. */
  id: string;
  query: URLSearchParams;
}

/** What is JSON already. */
export class Json {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An answer whose body is JSON, text or bytes; `undefined` for none. */
export interface Answer {
  status: number;
  body: unknown;
}

const MIN_VERSION = '1.12';
const MAX_VERSION = '1.41';

const ROUTES: readonly (readonly [CallName, string, RegExp])[] = [
  ['ping', 'GET', /^\/_ping$/],
  ['ping', 'HEAD', /^\/_ping$/],
  ['info', 'GET', /^\/info$/],
  ['events', 'GET', /^\/events$/],
  ['listTasks', 'GET', /^\/tasks$/],
  ['inspectTask', 'GET', /^\/tasks\/([^/]+)$/],
  ['taskLogs', 'GET', /^\/tasks\/([^/]+)\/logs$/],
  ['inspectContainer', 'GET', /^\/containers\/([^/]+)\/json$/],
  ['listNodes', 'GET', /^\/nodes$/],
  ['listNetworks', 'GET', /^\/networks$/],
  ['inspectNetwork', 'GET', /^\/networks\/([^/]+)$/],
  ['listSecrets', 'GET', /^\/secrets$/],
  ['listConfigs', 'GET', /^\/configs$/],
  ['inspectNode', 'GET', /^\/nodes\/([^/]+)$/],
  ['updateNode', 'POST', /^\/nodes\/([^/]+)\/update$/],
  ['listServices', 'GET', /^\/services$/],
  ['createService', 'POST', /^\/services\/create$/],
  ['inspectService', 'GET', /^\/services\/([^/]+)$/],
  ['removeService', 'DELETE', /^\/services\/([^/]+)$/],
];

export const API_VERSION = MAX_VERSION;

/** @throws ModelError 404 for what the model does not know, 400 for a version out of range. */
export function route(method: string, target: string): Call {
  const [pathname = '', search = ''] = target.split('?', 2);
  const query = new URLSearchParams(search);
  const [, version, rest = ''] = /^(?:\/v(\d+\.\d+))?(\/.*)$/.exec(pathname) ?? [];
  if (version !== undefined) checkVersion(version);
  for (const [name, verb, path] of ROUTES) {
    const match = verb === method ? path.exec(rest) : null;
    if (match !== null) return { name, id: decodeURIComponent(match[1] ?? ''), query };
  }
  throw new ModelError(404, 'page not found');
}

function checkVersion(version: string): void {
  const words = `client version ${version} is too`;
  if (minor(version) < minor(MIN_VERSION)) {
    const limit = `Minimum supported API version is ${MIN_VERSION}, please upgrade your client`;
    throw new ModelError(400, `${words} old. ${limit} to a newer version`);
  }
  if (minor(version) > minor(MAX_VERSION)) {
    throw new ModelError(400, `${words} new. Maximum supported API version is ${MAX_VERSION}`);
  }
}

/** As a number that compares; there are versions `1.x` only. */
function minor(version: string): number {
  const [major = '', part = ''] = version.split('.');
  return Number(major) * 1000 + Number(part);
}

/** Does a call that is no stream. @throws what the swarm throws. */
export function perform(swarm: ModelSwarm, { name, id, query }: Call, body: string): Answer {
  switch (name) {
    case 'ping':
      return { status: 200, body: 'OK' };
    case 'info':
      return { status: 200, body: swarm.info() };
    case 'listTasks':
      return { status: 200, body: new Json(swarm.listTasksJson(labelsOf(query))) };
    case 'inspectTask':
      return { status: 200, body: swarm.inspectTask(id) };
    case 'listServices':
      return { status: 200, body: swarm.listServices(labelsOf(query)) };
    case 'listNodes':
      return { status: 200, body: swarm.listNodes() };
    case 'listNetworks':
      return { status: 200, body: swarm.listNamed('networks', filters(query)['name']) };
    case 'inspectNetwork':
      // It has no default bridge, so it does not tell when its engine was started.
      throw new ModelError(404, `network ${id} not found`);
    case 'listSecrets':
      return { status: 200, body: swarm.listNamed('secrets', filters(query)['name']) };
    case 'listConfigs':
      return { status: 200, body: swarm.listNamed('configs', filters(query)['name']) };
    case 'inspectNode':
      return { status: 200, body: swarm.inspectNode(id) };
    case 'updateNode':
      swarm.updateNode(id, Number(query.get('version')), JSON.parse(body) as ModelNode['Spec']);
      return { status: 200, body: undefined };
    case 'taskLogs':
      return { status: 200, body: swarm.taskLogs(id) };
    case 'inspectContainer':
      return { status: 200, body: swarm.inspectContainer(id) };
    case 'inspectService':
      return { status: 200, body: swarm.inspectService(id) };
    case 'createService':
      return { status: 201, body: swarm.createService(JSON.parse(body) as ModelSpec) };
    case 'removeService':
      swarm.removeService(id);
      return { status: 200, body: undefined };
    case 'events':
      throw new Error('events are a stream');
  }
}

function labelsOf(query: URLSearchParams): string[] {
  return filters(query)['label'] ?? [];
}

/** `filters` as the engine takes them: lists, or objects whose keys are the list. */
export function filters(query: URLSearchParams): Record<string, string[]> {
  const given = JSON.parse(query.get('filters') ?? '{}') as Record<string, string[] | object>;
  const entries = Object.entries(given);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, Array.isArray(value) ? value : Object.keys(value)]),
  );
}
