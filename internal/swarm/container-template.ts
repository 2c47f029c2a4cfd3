import { capabilityName, type Mount, type TaskTemplate } from '../apis/index.ts';
import type { EngineDriver, EngineMount } from './engine-spec.ts';
import { given } from './given.ts';

/** What a job says of its containers, in the words of the engine. */
export function containerTemplate(job: TaskTemplate) {
  return given({
    Dir: job.workingDir,
    User: job.user,
    Groups: job.groups,
    Hostname: job.hostname,
    Init: job.init,
    ReadOnly: job.readOnly,
    StopSignal: job.stopSignal,
    Mounts: job.mounts?.map(engineMount),
    Hosts: job.extraHosts?.map(hostsLine),
    DNSConfig: job.dns && {
      ...given({
        Nameservers: job.dns.nameservers,
        Search: job.dns.search,
        Options: job.dns.options,
      }),
    },
    Sysctls: job.sysctls,
    Ulimits: job.ulimits && Object.entries(job.ulimits).map(engineUlimit),
    CapabilityAdd: job.capabilities?.add?.map(capabilityName),
    CapabilityDrop: job.capabilities?.drop?.map(capabilityName),
  });
}

/** A driver of logs or of volumes. */
export function engineDriver({
  name,
  options,
}: {
  name: string;
  options?: EngineDriver['Options'] | undefined;
}): EngineDriver {
  return { Name: name, ...given({ Options: options }) };
}

function engineMount({ type, source, target, readOnly, bind, volume, tmpfs }: Mount): EngineMount {
  const propagation = bind?.propagation;
  const mode = tmpfs?.mode;
  return {
    Type: type,
    Source: source ?? '',
    Target: target,
    ...given({
      ReadOnly: readOnly,
      BindOptions: propagation && { Propagation: propagation },
      VolumeOptions: volume && {
        ...given({
          NoCopy: volume.noCopy,
          Labels: volume.labels,
          DriverConfig: volume.driver && engineDriver(volume.driver),
        }),
      },
      TmpfsOptions: tmpfs && {
        ...given({
          SizeBytes: tmpfs.sizeBytes,
          Mode: mode === undefined ? undefined : parseInt(mode, 8),
        }),
      },
    }),
  };
}

/** `host:ip` as a line of hosts(5), which is how the engine wants it. */
function hostsLine(entry: string): string {
  const colon = entry.indexOf(':');
  const address = entry.slice(colon + 1).replace(/^\[(.*)\]$/, '$1');
  return `${address} ${entry.slice(0, colon)}`;
}

function engineUlimit([name, limit]: [string, NonNullable<TaskTemplate['ulimits']>[string]]) {
  const { soft, hard } = typeof limit === 'number' ? { soft: limit, hard: limit } : limit;
  return { Name: name, Soft: soft, Hard: hard };
}
