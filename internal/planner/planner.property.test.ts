import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plan } from './plan.ts';
import { quietScripts, scripts } from './testing/arbitraries.ts';
import {
  crash,
  crashWithinStep,
  reconcile,
  snapshot,
  takeLook,
} from './testing/controller-model.ts';
import { passTime } from './testing/environment.ts';
import { endFairly, rest } from './testing/fair-end.ts';
import {
  aStoredReportWins,
  budgetsAreExact,
  countsAreTheRecount,
  everyAttemptIsJudgedOnce,
  type Invariant,
  limitsAreKept,
  noAttemptIsForgotten,
  noContainerOutlivesItsSettlement,
  noLogIsReadAfterItsServiceWasRemoved,
  noRunningProcessIsJudgedBeforeItsGraceIsOver,
  noServiceOutlivesItsAttempt,
  noStepsOverlap,
  noTaskStartsAfterItsVerdictIsFinal,
  noVerdictIsBetterThanTheEvidence,
  noVerdictWithoutEvidence,
  onlyCurrentServicesAreLeft,
  theJobHasEnded,
} from './testing/invariants.ts';
import { makeMove, play, playMoves, type Script } from './testing/script.ts';
import type { World } from './testing/world.ts';

const RUNS = { numRuns: 300 };

/** Nothing bad ever happens: checked after every move and every step. */
function always(invariant: Invariant): void {
  fc.assert(
    fc.property(scripts, (script) => {
      play(script, (world) => holds(invariant, world));
    }),
    RUNS,
  );
}

/** Something good has happened in the end. */
function atTheEnd(invariant: Invariant): void {
  fc.assert(
    fc.property(scripts, (script) => holds(invariant, play(script, ignore))),
    RUNS,
  );
}

function holds(invariant: Invariant, world: World): void {
  const wrong = invariant(world);
  if (wrong.length > 0) expect.fail(wrong.join('; '));
}

function ignore(): void {}

/** What came of each task, without the times. */
function outcomeOf(world: World): unknown {
  const tasks = [...world.store.results].sort(([a], [b]) => a - b);
  return {
    phase: world.store.phase,
    tasks: tasks.map(([index, { verdict, attempts, losses }]) => {
      const { outcome, exitStatus, source } = verdict;
      return { index, outcome, exitStatus, source, attempts, losses };
    }),
  };
}

function stateOf({ store, engine }: World): unknown {
  return structuredClone({ live: store.live, results: store.results, services: engine.services });
}

/** Plays a script and lets the controller die at the given steps of it. */
function playCrashing(script: Script, points: ReadonlySet<number>): unknown {
  let step = 0;
  const world = play(script, (now) => {
    step++;
    if (points.has(step)) crash(now);
    if (points.has(-step)) crashWithinStep(now, step);
  });
  return outcomeOf(world);
}

describe('whatever happens', () => {
  it('1: no service outlives its attempt being current', () => always(noServiceOutlivesItsAttempt));
  it('1: only services of current attempts are left in the end', () =>
    atTheEnd(onlyCurrentServicesAreLeft));
  it('2: no task starts again once its verdict is final', () =>
    always(noTaskStartsAfterItsVerdictIsFinal));
  it('2: every attempt is judged once', () => atTheEnd(everyAttemptIsJudgedOnce));
  it('3: no verdict is stored without evidence', () => always(noVerdictWithoutEvidence));
  it('3: no log is read after its service was removed', () =>
    always(noLogIsReadAfterItsServiceWasRemoved));
  it('3: a report that is stored wins over the state of the service', () =>
    always(aStoredReportWins));
  it('9: no verdict is better than the evidence', () => always(noVerdictIsBetterThanTheEvidence));
  it('3: a task that lives on after its report has its grace', () =>
    always(noRunningProcessIsJudgedBeforeItsGraceIsOver));
  it('4: the job ends, given a fair environment', () => atTheEnd(theJobHasEnded));
  it('5: the counts equal the recount of the tasks', () => always(countsAreTheRecount));
  it('10: no container outlives the settlement of its attempt, unless that is told', () =>
    always(noContainerOutlivesItsSettlement));
  it('no attempt has two sets of steps under way', () => always(noStepsOverlap));
  it('parallelism and slots are never exceeded', () => always(limitsAreKept));
  it('the budgets are used up exactly, each by its own kind', () => atTheEnd(budgetsAreExact));
});

describe('whatever ends the job', () => {
  it('11: attempts, last exit status and output of failed attempts survive', () => {
    const ended = fc.property(scripts, fc.nat(60), (script, at) => {
      const world = playMoves({ ...script, moves: script.moves.slice(0, at) }, ignore);
      world.cancelled = at < script.moves.length;
      for (const move of script.moves.slice(at)) makeMove(world, move);
      endFairly(world, script.fates, ignore);
      holds(theJobHasEnded, world);
      holds(noAttemptIsForgotten, world);
    });
    fc.assert(ended, RUNS);
  });
});

describe('a settled world', () => {
  it('7: plans nothing but when to look again, and stays as it is', () => {
    const settled = fc.property(scripts, (script) => {
      const world = playMoves(script, ignore);
      rest(world, ignore);
      const before = stateOf(world);
      takeLook(world);
      const again = reconcile(world);
      expect(again.filter(({ type }) => type !== 'RequeueAfter')).toEqual([]);
      expect(stateOf(world)).toEqual(before);
    });
    fc.assert(settled, RUNS);
  });

  it('7: is left only by what happens to it, or by the time that the plan names', () => {
    const patient = fc.property(scripts, (script) => {
      const world = playMoves(script, ignore);
      const wakes = rest(world, ignore).flatMap((action) =>
        action.type === 'RequeueAfter' ? [action.afterMs] : [],
      );
      const most = Math.min(3_600_000, ...wakes);
      passTime(world, most - 1);
      expect(plan(snapshot(world)).filter(({ type }) => type !== 'RequeueAfter')).toEqual([]);
    });
    fc.assert(patient, RUNS);
  });
});

describe('a crash', () => {
  it('8: of the controller, at any steps, changes nothing of what comes of the job', () => {
    const points = fc.uniqueArray(fc.integer({ min: -80, max: 80 }), { maxLength: 12 });
    const unchanged = fc.property(quietScripts, points, (script, crashes) => {
      expect(playCrashing(script, new Set(crashes))).toEqual(playCrashing(script, new Set()));
    });
    fc.assert(unchanged, RUNS);
  });
});

describe('a plan', () => {
  it('is the same whenever the snapshot is', () => {
    const same = fc.property(scripts, (script) => {
      play(script, (world) => {
        const seen = snapshot(world);
        expect(plan(structuredClone(seen))).toEqual(plan(seen));
      });
    });
    fc.assert(same, { numRuns: 50 });
  });
});
