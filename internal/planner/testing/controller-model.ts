import { type AttemptRecord, attemptKey, type Evidence, serviceName } from '../../apis/index.ts';
import { type Action, isAttemptAction } from '../actions.ts';
import { plan } from '../plan.ts';
import type { AttemptView, Snapshot } from '../snapshot.ts';
import { applyAction, applyHalf } from './apply-action.ts';
import { StoreConflict } from './store-model.ts';
import { freshMemory, idOf, JOB, type Steps, type World } from './world.ts';

/** Takes a look at the swarm; it counts only when it is published. */
export function beginLook(world: World): void {
  const number = ++world.memory.begun;
  world.memory.pending = { number, found: world.engine.look() };
}

export function publishLook(world: World): void {
  const { memory } = world;
  memory.look = memory.pending ?? memory.look;
  memory.pending = undefined;
}

export function takeLook(world: World): void {
  beginLook(world);
  publishLook(world);
}

/** What the controller knows of the job now. */
export function snapshot(world: World): Snapshot {
  const { store, spec, wall, capacity, others, memory } = world;
  const nextRetryAt = store.nextRetryAt(wall);
  return {
    now: wall,
    job: {
      metadata: {
        ...{ namespace: 'default', name: 'one', resourceVersion: 1 },
        ...{ uid: JOB, creationTimestamp: wall },
      },
      spec: world.cancelled ? { ...spec, cancel: true } : spec,
      status: {
        phase: store.phase,
        counts: store.counts(),
        conditions: [],
        ...(store.ending === undefined ? {} : { ending: store.ending }),
      },
    },
    attempts: [...store.live].map(([index, record]) => viewOf(world, index, record)),
    runnable: store.runnable(wall),
    slots: capacity - others - store.live.size,
    busy: new Set(memory.underWay.keys()),
    ...(nextRetryAt === undefined ? {} : { nextRetryAt }),
  };
}

function viewOf(world: World, index: number, record: AttemptRecord): AttemptView {
  const key = attemptKey(idOf(index, record));
  const evidence = evidenceOf(world, index, record);
  const gone = isGone(world, index, record, evidence.kind) ? { gone: true as const } : {};
  const view = { index, record, evidence, ...gone };
  const report = world.store.reports.get(index);
  if (report === undefined) return view;
  if (report.attempt !== record.attempt) return { ...view, report };
  const { reportSeenAt } = world.memory;
  const seenAt = reportSeenAt.get(key) ?? world.elapsed;
  reportSeenAt.set(key, seenAt);
  return { ...view, report, reportAgeMs: world.elapsed - seenAt };
}

function evidenceOf({ memory }: World, index: number, record: AttemptRecord): Evidence {
  const id = idOf(index, record);
  const shown = memory.look.found.get(serviceName(id));
  if (shown !== undefined) return shown.evidence;
  if (record.serviceId === undefined) return { kind: 'unseen' };
  const from = memory.visibleFrom.get(attemptKey(id)) ?? memory.begun + 1;
  memory.visibleFrom.set(attemptKey(id), from);
  return memory.look.number >= from ? { kind: 'absent' } : { kind: 'unseen' };
}

function isGone(
  { memory }: World,
  index: number,
  record: AttemptRecord,
  kind: Evidence['kind'],
): boolean {
  const id = idOf(index, record);
  const shown = memory.look.found.get(serviceName(id));
  if (shown !== undefined) return shown.gone;
  if (kind === 'absent') return true;
  if (record.removedAt === undefined) return false;
  const from = memory.removedFrom.get(attemptKey(id)) ?? memory.begun + 1;
  memory.removedFrom.set(attemptKey(id), from);
  return memory.look.number >= from;
}

/** Plans once, does what concerns the job, and begins what concerns its tasks. */
export function reconcile(world: World): Action[] {
  const actions = plan(snapshot(world));
  const attemptActions = actions.filter(isAttemptAction);
  for (const [index, record] of [...world.store.live]) {
    const left = attemptActions.filter((action) => action.index === index);
    if (left.length > 0) begin(world, { id: idOf(index, record), record, left });
  }
  for (const action of actions) {
    if (action.type === 'StartTasks') startTasks(world, action.count);
    if (action.type === 'EndJob') world.store.ending ??= action.ending;
    if (action.type === 'CompleteJob') world.store.complete();
  }
  return actions;
}

function startTasks(world: World, count: number): void {
  for (const index of world.store.claim(count, world.wall)) {
    const record = world.store.live.get(index);
    if (record === undefined) continue;
    const left = [{ type: 'CreateService' as const, index, record }];
    begin(world, { id: idOf(index, record), record, left });
  }
}

function begin(world: World, steps: Steps): void {
  const { underWay } = world.memory;
  const { id } = steps;
  if (underWay.get(id.index)?.id.attempt === id.attempt)
    world.journal.push({ what: 'overlapped', id });
  underWay.set(id.index, steps);
  world.lastBegun = { ...steps };
}

/**
 * Does the next step of the `at`-th task that has steps under way.
 * @returns false when the store refused it.
 */
export function doStep(world: World, at: number): boolean {
  const steps = pick([...world.memory.underWay.values()], at);
  if (steps === undefined) return true;
  const done = advance(world, steps);
  if (steps.left.length === 0) world.memory.underWay.delete(steps.id.index);
  return done;
}

/** One step; where the store refuses it, the rest is dropped. */
function advance(world: World, steps: Steps): boolean {
  const [action, ...left] = steps.left;
  steps.left = left;
  if (action === undefined) return true;
  try {
    steps.record = applyAction(world, steps.id, steps.record, action);
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
    steps.left = [];
    return false;
  }
  if (action.type === 'CreateService') {
    world.memory.visibleFrom.set(attemptKey(steps.id), world.memory.begun + 1);
  }
  return true;
}

/** The controller dies and comes back knowing nothing. */
export function crash(world: World): void {
  world.memory = freshMemory();
}

/** It dies after the engine has done its half of a step, before the store has heard of it. */
export function crashWithinStep(world: World, at: number): void {
  const steps = pick([...world.memory.underWay.values()], at);
  const action = steps?.left[0];
  if (steps !== undefined && action !== undefined) applyHalf(world, steps.id, steps.record, action);
  crash(world);
}

/** Somebody does again, at any later time, what was planned last: a leader that was paused. */
export function repeatLastSteps(world: World): void {
  if (world.lastBegun === undefined) return;
  const steps = { ...world.lastBegun };
  while (steps.left.length > 0) advance(world, steps);
}

/** Removes the services whose attempt is not current. */
export function collectOrphans({ engine, store }: World): void {
  for (const { attempt } of [...engine.services.values()]) {
    if (store.live.get(attempt.index)?.attempt !== attempt.attempt) engine.remove(attempt);
  }
}

/** The element at `at`, counted round; undefined when there is none. */
export function pick<T>(items: readonly T[], at: number): T | undefined {
  return items.length === 0 ? undefined : items[at % items.length];
}
