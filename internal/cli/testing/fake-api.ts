import type {
  Attempt,
  Callback,
  Caller,
  Cluster,
  CronJob,
  Job,
  Task,
  TimelineEvent,
} from '../resources.ts';
import { HttpFake } from './http-fake.ts';
import { addJobRoutes } from './job-routes.ts';
import { addListRoutes } from './list-routes.ts';
import { addServerRoutes } from './server-routes.ts';

export type Kind = 'jobs' | 'cronjobs';

interface Change {
  version: number;
  kind: Kind;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: Job | CronJob;
}

/**
 * A server that speaks the contract, on a port of its own. Its world is set by `put` and `remove`, also
 * while it is watched; `route` and `once` make it answer otherwise.
 */
export class FakeApi extends HttpFake {
  readonly tasks = new Map<string, Task[]>();
  /** By namespace, job and task. */
  readonly attempts = new Map<string, Attempt[]>();
  readonly events = new Map<string, TimelineEvent[]>();
  readonly callbacks: Callback[] = [];
  cluster: Cluster = { nodes: [], slots: { used: 0, max: 12 } };
  caller: Caller = { name: 'ci', role: 'submit', namespaces: ['default', 'other'] };
  version = '9.8.7';
  readonly changes: Change[] = [];
  readonly #objects = { jobs: new Map<string, Job>(), cronjobs: new Map<string, CronJob>() };
  readonly #watchers = new Set<(change: Change) => void>();
  #version = 100;

  /** Listens. `close()` when done. */
  static async start(): Promise<FakeApi> {
    const api = new FakeApi();
    addServerRoutes(api);
    addListRoutes(api);
    addJobRoutes(api);
    await api.listen();
    return api;
  }

  get resourceVersion(): string {
    return String(this.#version);
  }

  /** All objects of a kind in the order of creation. */
  list(kind: Kind): (Job | CronJob)[] {
    return [...this.#objects[kind].values()];
  }

  find(kind: Kind, namespace: string, name: string): Job | CronJob | undefined {
    return this.#objects[kind].get(`${namespace}/${name}`);
  }

  /** Makes the object, or changes it. Returns it with its new resource version. */
  put<T extends Job | CronJob>(given: T): T {
    const version = ++this.#version;
    const object = { ...given, metadata: { ...given.metadata, resourceVersion: String(version) } };
    const kind = kindOf(given);
    const objects: Map<string, Job | CronJob> = this.#objects[kind];
    const key = `${given.metadata.namespace}/${given.metadata.name}`;
    const type = objects.has(key) ? 'MODIFIED' : 'ADDED';
    objects.set(key, object);
    this.#tell({ version, kind, type, object });
    return object;
  }

  remove(object: Job | CronJob): void {
    const kind = kindOf(object);
    this.#objects[kind].delete(`${object.metadata.namespace}/${object.metadata.name}`);
    this.#tell({ version: ++this.#version, kind, type: 'DELETED', object });
  }

  /** Calls `fn` for every change to come. The returned function ends it. */
  watch(fn: (change: Change) => void): () => void {
    this.#watchers.add(fn);
    return () => this.#watchers.delete(fn);
  }

  /** How many watch now. */
  get watchers(): number {
    return this.#watchers.size;
  }

  #tell(change: Change): void {
    this.changes.push(change);
    for (const watcher of this.#watchers) watcher(change);
  }
}

function kindOf(object: Job | CronJob): Kind {
  return object.kind === 'CronJob' ? 'cronjobs' : 'jobs';
}
