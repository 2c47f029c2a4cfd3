import type { Path } from '../apis/validation/index.ts';
import type { Origins } from './origins.ts';
import type { Source } from './source.ts';

/** Labels that Kubernetes gives every node, and what swarm calls them. */
const KNOWN: Readonly<Record<string, string>> = {
  'kubernetes.io/hostname': 'node.hostname',
  'kubernetes.io/os': 'node.platform.os',
  'kubernetes.io/arch': 'node.platform.arch',
  'beta.kubernetes.io/os': 'node.platform.os',
  'beta.kubernetes.io/arch': 'node.platform.arch',
};
/** What the key of a constraint may have of a label. */
const LABEL = /^[\w.-]{1,200}$/;

/** `nodeSelector` and `nodeName`, as constraints. @param spec of ours. */
export function convertPlacement(pod: Source, origins: Origins, spec: Path) {
  const constraints: string[] = [];
  const add = (key: string, value: string, at: Path) => {
    origins.set([...spec, 'placement', 'constraints', constraints.length], at);
    constraints.push(`${key}==${value}`);
  };
  for (const [label, value] of Object.entries(pod.map('nodeSelector') ?? {})) {
    const at = pod.at('nodeSelector', label);
    const known = Object.hasOwn(KNOWN, label) ? KNOWN[label] : undefined;
    const key = known ?? (LABEL.test(label) ? `node.labels.${label}` : undefined);
    if (key === undefined || value === '') pod.notes.dropped(at, NO_CONSTRAINT);
    else {
      if (known === undefined) pod.notes.changed(at, labelNodes(label, value));
      add(key, value, at);
    }
  }
  const name = pod.text('nodeName');
  if (name) add('node.hostname', name, pod.at('nodeName'));
  return constraints.length === 0 ? undefined : { constraints };
}

const NO_CONSTRAINT =
  'swarm cannot ask for a label of this name or without a value: give the nodes another one, and write it ' +
  'under "placement"';

function labelNodes(label: string, value: string): string {
  return `becomes a constraint: the nodes of the swarm need "docker node update --label-add ${label}=${value}"`;
}
