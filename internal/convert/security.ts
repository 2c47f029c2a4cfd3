import type { Path } from '../apis/validation/index.ts';
import { defined } from './defined.ts';
import { CAPABILITIES, POD_SECURITY_CONTEXT, SECURITY_CONTEXT, SYSCTL } from './fields/security.ts';
import type { Origins } from './origins.ts';
import type { Source } from './source.ts';

/** `securityContext` of the pod and of its container, which stands above it. @param spec of ours. */
export function convertSecurity(pod: Source, container: Source, origins: Origins, spec: Path) {
  const [ofPod, own] = [pod.object('securityContext'), container.object('securityContext')];
  ofPod?.noteOthers(POD_SECURITY_CONTEXT);
  own?.noteOthers(SECURITY_CONTEXT);
  if (ofPod !== undefined) origins.set([...spec, 'sysctls'], ofPod.at('sysctls'));
  return {
    user: userOf([own, ofPod]),
    groups: listed(ofPod?.integers('supplementalGroups')?.map(String)),
    readOnly: own?.flag('readOnlyRootFilesystem') || undefined,
    capabilities: own && capabilitiesOf(own, origins, spec),
    sysctls: ofPod && sysctlsOf(ofPod),
  };
}

/** The container's own stands above that of its pod. */
function userOf(contexts: readonly (Source | undefined)[]): string | undefined {
  const numberOf = (name: string) =>
    contexts.map((context) => context?.integer(name)).find((id) => id !== undefined);
  const [user, group] = [numberOf('runAsUser'), numberOf('runAsGroup')];
  if (user !== undefined) return group === undefined ? `${user}` : `${user}:${group}`;
  if (group === undefined) return undefined;
  const at = contexts.find((context) => context?.value('runAsGroup') !== undefined);
  const message = 'a group goes with a user: give "runAsUser" too';
  if (at !== undefined) at.notes.dropped(at.at('runAsGroup'), message);
  return undefined;
}

function capabilitiesOf(context: Source, origins: Origins, spec: Path) {
  const source = context.object('capabilities');
  source?.noteOthers(CAPABILITIES);
  if (source === undefined) return undefined;
  origins.set([...spec, 'capabilities'], source.path);
  return defined({ add: listed(source.texts('add')), drop: listed(source.texts('drop')) });
}

function sysctlsOf(context: Source): Record<string, string> | undefined {
  const entries = context.objects('sysctls').flatMap((source): [string, string][] => {
    source.noteOthers(SYSCTL);
    const [name, value] = [source.text('name'), source.text('value')];
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** An empty list is as good as none. */
function listed<T>(list: T[] | undefined): T[] | undefined {
  return list?.length === 0 ? undefined : list;
}
