import type { JobSpec, OwnNames, TaskSpec } from '../apis/index.ts';
import { type Path, ProblemList, type Problems, pathText } from '../apis/validation/index.ts';
import { judgeCallback } from './callback.ts';
import { judgeImage } from './image-rules.ts';
import { judgeMounts } from './mounts.ts';
import { judgeNetworks } from './networks.ts';
import { judgeOutlets } from './outlets.ts';
import { judgeOwn } from './own.ts';
import { judgePlacement } from './placement.ts';
import type { PolicySource } from './policy.ts';
import { judgePriority } from './priority.ts';
import { judgePrivileges } from './privileges.ts';
import { type Judge, type Judged, refusalText } from './refusal.ts';
import { judgeResources } from './resources.ts';
import type { Rules } from './rules.ts';
import { judgeSwarmFiles } from './swarm-files.ts';

/** What concerns the container of a task. */
const CONTAINER: readonly Judge[] = [
  judgeImage,
  judgeMounts,
  judgeNetworks,
  judgeSwarmFiles,
  judgePrivileges,
  judgePlacement,
  judgeOutlets,
  judgeResources,
];
const JUDGES: readonly Judge[] = [...CONTAINER, judgeCallback, judgePriority];

const judgingOwn =
  (own: OwnNames | undefined): Judge =>
  (rules, job) =>
    own === undefined ? [] : judgeOwn(rules, job, own);

/** Where the fields of a spec stand in the body that a user sent. */
export type Place = (at: Path) => Path;

/** A spec that stands at this path of a body. */
export function below(...path: Path): Place {
  return (at) => [...path, ...at];
}

/**
 * Why one task may not run; undefined when it may. Its job's callback stands in no task's way: where
 * that goes is checked when it is delivered.
 * @param own what belongs to Swarmer's own stack, if it is of one.
 */
export function judgeTask(
  policy: PolicySource,
  namespace: string,
  { spec, task, own }: { spec: JobSpec; task: TaskSpec; own?: OwnNames | undefined },
): string | undefined {
  const rules = policy.rulesOf(namespace);
  for (const part of [...CONTAINER, judgingOwn(own)]) {
    for (const refusal of part(rules, { spec, tasks: [task] })) {
      return `${pathText(refusal.at)}: ${refusalText(refusal, namespace)}`;
    }
  }
  return undefined;
}

/** Everything that the operator's rules refuse of a job; undefined when they let it run. */
export function judge(
  policy: PolicySource,
  namespace: string,
  job: Judged,
  place: Place,
): Problems | undefined {
  return problemsOf(JUDGES, policy.rulesOf(namespace), namespace, job, place);
}

/** What a job asks for of Swarmer's own stack; undefined when it is nothing, or the rules name it. */
export function judgeOwnParts(
  policy: PolicySource,
  namespace: string,
  { spec, own }: { spec: JobSpec; own: OwnNames },
  place: Place,
): Problems | undefined {
  const rules = policy.rulesOf(namespace);
  return problemsOf([judgingOwn(own)], rules, namespace, { spec, tasks: [] }, place);
}

function problemsOf(
  judges: readonly Judge[],
  rules: Rules,
  namespace: string,
  job: Judged,
  place: Place,
): Problems | undefined {
  const problems = new ProblemList();
  for (const part of judges) {
    for (const refusal of part(rules, job)) {
      if (problems.full) break;
      problems.add(place(refusal.at), () => refusalText(refusal, namespace));
    }
  }
  return problems.total === 0 ? undefined : problems.failure();
}
