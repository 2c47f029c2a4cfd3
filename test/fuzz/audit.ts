import { type Job, referencesOf, type TaskSpec } from '../../internal/apis/index.ts';
import type { Stores } from '../../internal/store/index.ts';
import { type ServiceSpec, serviceSpec } from '../../internal/swarm/index.ts';

const PAGE = 500;
const OWNER = { instance: 'fuzz', storeId: 'fuzz' };
const OF_NODES = new Set(['host', 'bridge', 'none', 'ingress', 'docker_gwbridge']);

/** What is wrong with what was stored: unreadable records, and services that nobody has allowed. */
export async function audit({ catalog, controller, operator }: Stores): Promise<string[]> {
  const wrong: string[] = [];
  for (let after = ''; ; ) {
    const { jobs, next } = await catalog.listJobs({ after, limit: PAGE });
    for (const job of jobs) {
      const [first] = await catalog.listTasks(job.metadata.uid, 0, 1);
      await controller.loadJob(job.metadata.uid, 1);
      if (first !== undefined) wrong.push(...faultsOf(job, first.spec));
    }
    if (next === undefined) break;
    after = next;
  }
  const aside = await operator.quarantined();
  return [...wrong, ...aside.map(({ uid, message }) => `${uid} was set aside: ${message}`)];
}

function faultsOf(job: Job, task: TaskSpec): string[] {
  const { uid } = job.metadata;
  const names = referencesOf(job.spec);
  const ids = (list: readonly string[]) => new Map(list.map((name) => [name, name]));
  const resolved = {
    ...{ networks: ids(names.networks), secrets: ids(names.secrets), configs: ids(names.configs) },
  };
  const id = { jobUid: uid, index: 0, attempt: 1 };
  const service = serviceSpec({ owner: OWNER, id, job: job.spec, task, resolved });
  return reachesOf(service).map((what) => `${uid}: ${what} of ${JSON.stringify(job.spec)}`);
}

/** What of a service reaches beyond its own container. */
function reachesOf({ Labels, TaskTemplate }: ServiceSpec): string[] {
  const { ContainerSpec, Networks = [], Placement, LogDriver } = TaskTemplate;
  const { Mounts = [], CapabilityAdd = [], Hostname = '' } = ContainerSpec;
  const options = Mounts.flatMap((it) =>
    Object.keys(it.VolumeOptions?.DriverConfig?.Options ?? {}),
  );
  const text = JSON.stringify(Mounts) + Hostname;
  const asked = (Placement?.Constraints ?? []).join(' ').toLowerCase();
  const found: Record<string, boolean> = {
    'a bind mount': Mounts.some(({ Type }) => Type === 'bind'),
    'options of a volume': options.length > 0,
    'a template': text.includes('{{'),
    'a network of nodes': Networks.some(({ Target }) => OF_NODES.has(Target.toLowerCase())),
    'a capability': CapabilityAdd.length > 0,
    'a manager': /node\.role\s*(==\s*manager|!=\s*worker)/.test(asked),
    'a label of others': Object.keys(Labels).some((name) => !name.startsWith('swarmer.')),
    'a log that is sent away': /gelf|syslog|fluentd/.test(LogDriver?.Name ?? ''),
  };
  return Object.keys(found).filter((what) => found[what]);
}
