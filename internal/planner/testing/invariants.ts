import {
  type AttemptId,
  attemptKey,
  attemptOf,
  isFinished,
  type Verdict,
} from '../../apis/index.ts';
import { NODE_FAULT_LIMIT } from '../judge.ts';
import { entries } from './journal.ts';
import { type Fact, factsOf, idOf, type World } from './world.ts';

/** Says what is wrong with a world, one line each; nothing when all is well. */
export type Invariant = (world: World) => string[];

/** A service that another controller made once more is left to the collection of orphans. */
export const noServiceOutlivesItsAttempt: Invariant = ({ engine, store, journal }) => {
  const strays = new Set(strayServices(journal));
  return [...engine.services.values()]
    .filter(({ id, attempt }) => {
      const current = store.live.get(attempt.index)?.attempt === attempt.attempt;
      return !current && !strays.has(id);
    })
    .map(({ attempt }) => `the service of ${attemptKey(attempt)} is there and it is not current`);
};

function strayServices(journal: World['journal']): string[] {
  return entries(journal, 'created')
    .filter(({ stray }) => stray)
    .map(({ serviceId }) => serviceId);
}

export const noTaskStartsAfterItsVerdictIsFinal: Invariant = ({ store, journal }) => [
  ...[...store.results.keys()]
    .filter((index) => store.live.has(index))
    .map((index) => `task ${index} is counted and has a current attempt`),
  ...entries(journal, 'created')
    .filter(({ counted, stray }) => counted && !stray)
    .map(({ id }) => `${attemptKey(id)} was started after its task was counted`),
];

export const noVerdictWithoutEvidence: Invariant = ({ journal }) =>
  entries(journal, 'judged')
    .filter(({ proven }) => !proven)
    .map(({ id, verdict }) => `${attemptKey(id)} was judged ${verdict.outcome} without evidence`);

export const noRunningProcessIsJudgedBeforeItsGraceIsOver: Invariant = ({ journal }) =>
  entries(journal, 'judged')
    .filter(({ patient }) => !patient)
    .map(({ id }) => `${attemptKey(id)} was judged while it lived on after its report`);

export const everyAttemptIsJudgedOnce: Invariant = ({ journal }) => {
  const keys = entries(journal, 'judged').map(({ id }) => attemptKey(id));
  return keys.filter((key, i) => keys.indexOf(key) !== i).map((key) => `${key} was judged twice`);
};

export const noLogIsReadAfterItsServiceWasRemoved: Invariant = ({ journal }) =>
  entries(journal, 'log stored')
    .filter(({ destroyed }) => destroyed)
    .map(({ id }) => `the log of ${attemptKey(id)} was read after the removal of its service`);

export const aStoredReportWins: Invariant = (world) =>
  entries(world.journal, 'judged')
    .filter(({ id, verdict }) => {
      if (world.spec.completionPolicy === 'exit') return verdict.source === 'report';
      return verdict.source !== 'report' && reportsOf(world, id).some((fact) => fact !== NONSENSE);
    })
    .map(({ id }) => `${attemptKey(id)} has a report, and its verdict does not say so`);

const NONSENSE = 'reported nonsense';

function reportsOf(world: World, id: AttemptId): Fact[] {
  return [...factsOf(world, id).keys()].filter((fact) => fact.startsWith('reported'));
}

/** Succeeded is only what ended with 0, and said so where that was due or what it said was refused. */
export const noVerdictIsBetterThanTheEvidence: Invariant = (world) =>
  entries(world.journal, 'judged')
    .filter(({ id, verdict }) => {
      if (verdict.outcome !== 'Succeeded') return false;
      const told = reportsOf(world, id);
      const { completionPolicy } = world.spec;
      const due = completionPolicy === 'report' || told.length > 0;
      if (due && completionPolicy !== 'exit') return !told.includes('reported 0');
      return !factsOf(world, id).has('ended 0');
    })
    .map(({ id }) => `${attemptKey(id)} was judged a success without a proof`);

export const theJobHasEnded: Invariant = ({ store }) =>
  isFinished(store.phase) ? [] : ['the job has not ended'];

export const countsAreTheRecount: Invariant = ({ store }) => {
  const { total, pending, active, succeeded, failed } = store.counts();
  const results = [...store.results.values()];
  const well = results.filter(({ verdict }) => verdict.outcome === 'Succeeded').length;
  return [
    ...(succeeded === well ? [] : [`${succeeded} counted as succeeded, ${well} did`]),
    ...(failed === results.length - well ? [] : [`${failed} counted as failed`]),
    ...(total === pending + active + succeeded + failed ? [] : ['the counts do not add up']),
  ];
};

/** Its place is free, and its end is told, only when its container is gone. */
export const noContainerOutlivesItsSettlement: Invariant = ({ journal }) => {
  const strays = new Set(strayServices(journal));
  return entries(journal, 'settled')
    .filter(({ alive }) => alive !== undefined && !strays.has(alive))
    .map(({ id }) => `${attemptKey(id)} was settled while its container ran`);
};

export const noStepsOverlap: Invariant = ({ journal }) =>
  entries(journal, 'overlapped').map(({ id }) => `${attemptKey(id)} has two sets of steps`);

export const limitsAreKept: Invariant = ({ store, spec, capacity, others }) => {
  const active = store.live.size;
  return [
    ...(active > (spec.parallelism ?? active) ? [`${active} attempts, over parallelism`] : []),
    ...(active + others > capacity ? [`${active} attempts and ${others} others'`] : []),
  ];
};

/**
 * A task fails for good on the failure after `backoffLimit`, is lost on the loss after `lossLimit`, and is
 * rejected when its node cannot start it once more than a task may be tried again for that.
 */
export const budgetsAreExact: Invariant = ({ store, spec, journal }) =>
  [...store.results].flatMap(([index, { verdict, attempts, losses }]) => {
    const ends = entries(journal, 'settled').filter(({ id }) => id.index === index);
    const failed = ends.filter((end) => end.verdict.outcome === 'Failed').length;
    const faults = ends.filter((end) => end.verdict.reason === 'NodeFault').length;
    const lost = ends.filter(
      (end) => end.verdict.outcome === 'Lost' && end.verdict.reason !== 'NodeFault',
    ).length;
    const isNodeFault = verdict.reason === 'NodeFault';
    const mostFaults = NODE_FAULT_LIMIT + (isNodeFault ? 1 : 0);
    const mostFailed = spec.backoffLimit + (verdict.outcome === 'Failed' ? 1 : 0);
    const mostLost = spec.lossLimit + (verdict.outcome === 'Lost' ? 1 : 0);
    // What has failed for want of a report has no further tries, whatever is left of the others' budget.
    const unreported = verdict.reason === 'NoReport';
    const task = `task ${index} ended ${verdict.outcome} and`;
    return [
      ...(verdict.outcome === 'Failed' && !unreported && failed !== mostFailed
        ? [`${task} failed ${failed}×`]
        : []),
      ...(verdict.outcome === 'Lost' && lost !== mostLost ? [`${task} was lost ${lost}×`] : []),
      ...(isNodeFault && faults !== mostFaults ? [`${task} was not started ${faults}×`] : []),
      ...(isNodeFault && verdict.outcome !== 'Rejected' ? [`${task} is not rejected`] : []),
      ...(failed > mostFailed || lost > mostLost || faults > mostFaults
        ? [`${task} is over a budget`]
        : []),
      ...(attempts === ends.length ? [] : [`${task} counts ${attempts} of ${ends.length}`]),
      ...(losses === lost - (verdict.outcome === 'Lost' ? 1 : 0)
        ? []
        : [`${task} miscounts losses`]),
      ...(attempts > 1 + spec.backoffLimit + spec.lossLimit + faults
        ? [`${task} took ${attempts}`]
        : []),
    ];
  });

/**
 * Whatever ended the job, a task shows how many attempts it had, the exit status and the output of the
 * last one that came to something, and those before it that did not succeed are kept with their own.
 */
export const noAttemptIsForgotten: Invariant = ({ store, journal }) =>
  [...Array(store.total).keys()].flatMap((index) => {
    const ends = entries(journal, 'settled').filter(({ id }) => id.index === index);
    const begun = ends.filter(({ verdict }) => !cameToNothing(verdict));
    const last = begun.at(-1) ?? ends.at(-1);
    const result = store.resultOf(index);
    if (last === undefined) return result === undefined ? [] : [`task ${index} has a result`];
    if (result === undefined) return [`task ${index} had attempts, and shows nothing of them`];
    const { attempt } = last.id;
    const kept = store.earlier.get(index) ?? [];
    const missing = begun
      .filter(({ id }) => id.attempt !== attempt && !kept.some((one) => one.attempt === id.attempt))
      .map(({ id }) => `${attemptKey(id)} is not kept`);
    const mixed = kept
      .filter((one) => one.output !== undefined && one.output !== one.attempt)
      .map((one) => `attempt ${one.attempt} of task ${index} is kept with another's output`);
    const read = result.output.stdout.bytes > 0;
    return [
      ...missing,
      ...mixed,
      ...(result.attempts === ends.length ? [] : [`task ${index} miscounts its attempts`]),
      ...(attemptOf(result) === attempt ? [] : [`task ${index} shows another attempt's end`]),
      ...(result.verdict.exitStatus === last.verdict.exitStatus
        ? []
        : [`task ${index} has lost its status`]),
      ...(!read || store.outputs.get(index) === attempt
        ? []
        : [`task ${index} has lost its output`]),
    ];
  });

/** It was stopped, and nothing was seen of it. */
function cameToNothing({ outcome, swarmTaskId }: Verdict): boolean {
  return outcome === 'Cancelled' && swarmTaskId === undefined;
}

/** Every service that is left belongs to a current attempt: holds after the orphans' collection. */
export const onlyCurrentServicesAreLeft: Invariant = ({ engine, store }) =>
  [...engine.services.values()]
    .filter(({ attempt }) => store.live.get(attempt.index)?.attempt !== attempt.attempt)
    .map(({ attempt }) => `the service of ${attemptKey(idOf(attempt.index, attempt))} is left`);
