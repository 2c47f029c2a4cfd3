import type { JobSpec, TaskTemplate } from '../../internal/apis/index.ts';
import type { Rng } from './rng.ts';
import type { Fate, TaskPlan } from './scenario.ts';

/** The exit status that failure policies are made for. */
export const POLICY_STATUS = 42;

/** One that the swarm has. */
export const SECRET = 'token';
/** One that it has not. */
export const MISSING_SECRET = 'nowhere';

type Policies = Pick<
  JobSpec,
  'failurePolicy' | 'successPolicy' | 'maxFailedTasks' | 'completionPolicy' | 'onNodeLost'
>;

/** Now and then a job that ends, retries or judges by a rule of its own. */
export function makePolicies(rng: Rng): Policies {
  const actions = ['FailJob', 'FailTask', 'Ignore', 'Count'] as const;
  const onExitCodes = { operator: 'In' as const, values: [POLICY_STATUS] };
  const rule = { action: rng.pick(actions), onExitCodes };
  return {
    ...(rng.chance(0.15) ? { failurePolicy: [rule] } : {}),
    ...(rng.chance(0.06) ? { successPolicy: { succeededCount: rng.int(1, 3) } } : {}),
    ...(rng.chance(0.06) ? { maxFailedTasks: rng.int(0, 2) } : {}),
    ...(rng.chance(0.12) ? { completionPolicy: rng.pick(['exit', 'report'] as const) } : {}),
    ...(rng.chance(0.15) ? { onNodeLost: rng.pick(['wait', 'fail'] as const) } : {}),
  };
}

/** Now and then a job that limits what a node may have of it, or refers to what the swarm has, or lacks. */
export function makeTemplate(rng: Rng): TaskTemplate {
  return {
    ...(rng.chance(0.15) ? { placement: { maxPerNode: rng.int(1, 2) } } : {}),
    ...(rng.chance(0.1) ? { secrets: [rng.chance(0.8) ? SECRET : MISSING_SECRET] } : {}),
  };
}

/**
 * The first task fails first as its job's failure policy says. A failure that is ignored is tried again
 * for ever, so every task must fail otherwise in the end.
 */
export function fitPolicy(tasks: TaskPlan[], { failurePolicy }: Policies): TaskPlan[] {
  if (failurePolicy === undefined) return tasks;
  const ignored = failurePolicy.some(({ action }) => action === 'Ignore');
  return tasks.map(({ name, fates }, index) => {
    const all = index === 0 ? [...fates.slice(0, 1).map(byPolicy), ...fates] : fates;
    const fit = (fate: Fate, i: number) =>
      ignored && i === all.length - 1 ? otherwise(fate) : fate;
    return { name, fates: all.map(fit) };
  });
}

function byPolicy({ startMs, runMs, padding }: Fate): Fate {
  return { startMs, runMs, padding, exitCode: POLICY_STATUS };
}

function otherwise(fate: Fate): Fate {
  const status = <T>(code: T) => (code === POLICY_STATUS ? 1 : code);
  const { report } = fate;
  return {
    ...fate,
    exitCode: status(fate.exitCode),
    ...(report === undefined
      ? {}
      : { report: { ...report, exitStatus: status(report.exitStatus) } }),
  };
}
