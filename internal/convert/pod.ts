import type { Path } from '../apis/validation/index.ts';
import { convertContainer } from './container.ts';
import { defined } from './defined.ts';
import { POD_TEMPLATE, POD_TEMPLATE_META } from './fields/metadata.ts';
import { POD_SPEC } from './fields/pod.ts';
import { numbersOf, POD_NUMBERS } from './number-fields.ts';
import type { Origins } from './origins.ts';
import type { JobNames, PodFacts } from './pod-facts.ts';
import { convertNetwork } from './pod-network.ts';
import { convertPlacement } from './pod-placement.ts';
import { convertSecurity } from './security.ts';
import type { Source } from './source.ts';
import { convertMounts } from './volumes.ts';

/** `template`: what its one container says, and what the pod says of it. */
export function convertPodTemplate(
  job: Source,
  origins: Origins,
  names: JobNames & { indexed: boolean },
): { containerName?: string } {
  const template = job.object('template');
  const pod = template?.object('spec');
  if (template === undefined || pod === undefined) {
    job.notes.error(job.at('template'), 'is required: an object with "spec", a PodSpec');
    return {};
  }
  template.noteOthers(POD_TEMPLATE);
  pod.noteOthers(POD_SPEC);
  noteRestarts(pod);
  noteDeadline(pod);
  const container = theContainer(pod);
  const facts = { ...names, ...templateTags(template) };
  return {
    ...(container === undefined ? {} : convertContainer(container, origins, job.path, facts)),
    ...(container === undefined ? {} : convertTemplate(pod, container, origins, job.path)),
    ...numbersOf(pod, POD_NUMBERS),
  };
}

/** What the pod and its container say beside image, command and environment. */
function convertTemplate(pod: Source, container: Source, origins: Origins, spec: Path): object {
  const fields = {
    ...convertSecurity(pod, container, origins, spec),
    ...convertNetwork(pod, origins, spec),
    mounts: convertMounts(pod, container, origins, spec),
    placement: convertPlacement(pod, origins, spec),
  };
  return defined(fields) ?? {};
}

function templateTags(template: Source): Pick<PodFacts, 'labels' | 'annotations'> {
  const metadata = template.object('metadata');
  metadata?.noteOthers(POD_TEMPLATE_META);
  return {
    labels: metadata?.map('labels') ?? {},
    annotations: metadata?.map('annotations') ?? {},
  };
}

function nameOf(container: Source): string {
  const name = container.value('name');
  return typeof name === 'string' ? name : '?';
}

/** Which of several containers does the work is nothing to guess. */
function theContainer(pod: Source): Source | undefined {
  const containers = pod.objects('containers');
  if (containers.length === 1) return containers[0];
  if (containers.length === 0) {
    pod.notes.error(pod.at('containers'), 'is required: one container with "image"');
    return undefined;
  }
  const names = containers.map(nameOf).join(', ');
  const message =
    `has ${containers.length} containers (${names}), and a task is one: leave only the one that ` +
    'does the work, and do in its command what the others are for';
  pod.notes.error(pod.at('containers'), message);
  return undefined;
}

const RESTARTS = {
  Never: undefined,
  OnFailure:
    'Kubernetes starts the process again in the same pod, with its emptyDir volumes; here every ' +
    'retry is a new container, on any node',
  Always:
    'Kubernetes refuses Always for the pods of a job: a task ends when its process does, and is ' +
    'tried again only when it has failed',
} as const;

function noteRestarts(pod: Source): void {
  const policy = pod.word('restartPolicy', ['Never', 'OnFailure', 'Always']);
  const message = policy && RESTARTS[policy];
  if (message !== undefined) pod.notes.changed(pod.at('restartPolicy'), message);
}

function noteDeadline(pod: Source): void {
  if (pod.value('activeDeadlineSeconds') === undefined) return;
  const message =
    'becomes timeoutSeconds, which counts from the start of the process; Kubernetes counts from ' +
    'when the node takes the pod, with the time to pull its image';
  pod.notes.changed(pod.at('activeDeadlineSeconds'), message);
}
