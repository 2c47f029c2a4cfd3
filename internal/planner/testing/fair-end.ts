import { isFinished } from '../../apis/index.ts';
import type { Action } from '../actions.ts';
import { NODE_FAULT_LIMIT } from '../judge.ts';
import { collectOrphans, doStep, reconcile, takeLook } from './controller-model.ts';
import type { ServiceModel } from './engine-model.ts';
import { type Happening, happen, passTime, postReport, stopContainer } from './environment.ts';
import { factsOf, type Told, type World } from './world.ts';

/** What an attempt comes to once the environment is fair. The same attempt always meets the same. */
export type Fate = Happening | { what: 'reports'; told: Told; later?: Happening };

/** Called after every change of the world. */
export type Watch = (world: World) => void;

/** How often the controller may plan before it must have come to rest. */
const MOST_PLANS = 100;
/** After how long a refused step is planned again. */
const BACKOFF_MS = 1000;

/**
 * Lets the controller work alone until it only waits, and a further look changes nothing of that:
 * only the second look after a start can tell that a service is gone.
 * @returns its last plan: nothing, or when to be woken.
 */
export function rest(world: World, watch: Watch): Action[] {
  let quiet = 0;
  for (let plans = 0; plans < MOST_PLANS; plans++) {
    while (world.memory.underWay.size > 0) {
      if (!doStep(world, 0)) passTime(world, BACKOFF_MS);
      watch(world);
    }
    takeLook(world);
    const actions = reconcile(world);
    quiet = actions.every((action) => action.type === 'RequeueAfter') ? quiet + 1 : 0;
    if (quiet > 1) return actions;
    watch(world);
  }
  throw new Error('the controller does not come to rest in a world that stands still');
}

/** Rounds in which a job must have ended: each attempt starts, runs, reports, ends and is waited for. */
function boundOf({ store, spec }: World): number {
  return store.total * (1 + spec.backoffLimit + spec.lossLimit + NODE_FAULT_LIMIT) * 5 + 5;
}

/**
 * Gives the world a fair end: the engine answers, processes start and end, slots are free. Time
 * passes only when nothing else happens, and only as far as the controller asked to be woken.
 */
export function endFairly(world: World, fates: readonly Fate[], watch: Watch): void {
  world.others = 0;
  world.engine.refusing = false;
  for (let rounds = boundOf(world); rounds > 0; rounds--) {
    const wakeAfter = rest(world, watch).map(delayOf);
    collectOrphans(world);
    if (isFinished(world.store.phase)) return;
    const services = [...world.engine.services.values()];
    const moved = services.map((service) => liveOn(world, service, fates));
    while (!world.stuck && stopContainer(world, 0)) moved.push(true);
    if (!moved.includes(true) && wakeAfter.length > 0) passTime(world, Math.min(...wakeAfter));
  }
}

function delayOf(action: Action): number {
  return action.type === 'RequeueAfter' ? action.afterMs : 0;
}

function liveOn(world: World, service: ServiceModel, fates: readonly Fate[]): boolean {
  const { index, attempt } = service.attempt;
  const fate = fates[(index * 5 + attempt) % fates.length] ?? { what: 'ends', exitStatus: 0 };
  if (isBeforeStart(fate) && happen(world, service, fate)) return true;
  if (happen(world, service, { what: 'starts' })) return true;
  if (fate.what !== 'reports') return happen(world, service, orEnd(fate));
  const reported = [...factsOf(world, service.attempt).keys()].some(
    (fact) => fact === `reported ${fate.told}` || /^reported (?!nonsense)/.test(fact),
  );
  if (reported) {
    // Where reports end nothing, what has reported must end by itself.
    const byItself = world.spec.completionPolicy === 'exit' ? WELL : undefined;
    const later = fate.later ?? byItself;
    return later !== undefined && happen(world, service, orEnd(later));
  }
  postReport(world, world.processes.indexOf(service.attempt), fate.told);
  return true;
}

const WELL: Happening = { what: 'ends', exitStatus: 0 };

/** A process that was not to be started and runs already ends well. */
function orEnd(fate: Happening): Happening {
  return isBeforeStart(fate) || fate.what === 'starts' ? WELL : fate;
}

function isBeforeStart(
  fate: Fate,
): fate is { what: 'is rejected' } | { what: 'is not started by its node' } {
  return fate.what === 'is rejected' || fate.what === 'is not started by its node';
}
