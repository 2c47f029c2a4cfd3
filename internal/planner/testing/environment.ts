import { isFinished, type OutputSummary, type TaskTrace } from '../../apis/index.ts';
import { pick } from './controller-model.ts';
import { type ServiceModel, swarmTaskIdOf } from './engine-model.ts';
import { note, type Told, type World } from './world.ts';

/** What may befall a service, or what its task may do. */
export type Happening =
  | { what: 'starts' }
  | { what: 'ends'; exitStatus: number }
  | { what: 'is rejected' }
  | { what: 'is not started by its node' }
  | { what: 'is lost' }
  | { what: 'is removed by hand' };

/** Lets something happen to a service, if it still can. @returns whether it did. */
export function happen(world: World, service: ServiceModel, happening: Happening): boolean {
  const { shows, attempt } = service;
  const trace: TaskTrace = { swarmTaskId: swarmTaskIdOf(service.id) };
  const alive = shows.kind === 'waiting' || shows.kind === 'running';
  switch (happening.what) {
    case 'starts':
      if (shows.kind !== 'waiting') return false;
      service.shows = { kind: 'running', trace };
      world.processes.push(attempt);
      return true;
    case 'ends':
      if (shows.kind !== 'running') return false;
      service.shows = { kind: 'ended', exitStatus: happening.exitStatus, trace };
      note(world, attempt, `ended ${happening.exitStatus}`);
      return true;
    case 'is rejected':
      if (shows.kind !== 'waiting') return false;
      service.shows = { kind: 'rejected', message: 'no such image', trace };
      note(world, attempt, 'rejected');
      return true;
    case 'is not started by its node':
      if (shows.kind !== 'waiting') return false;
      service.shows = {
        kind: 'lost',
        reason: 'NodeFault',
        message: 'could not find bridge',
        trace,
      };
      note(world, attempt, 'node fault');
      return true;
    case 'is lost':
      if (!alive) return false;
      service.shows = { kind: 'lost', reason: 'NodeLost', message: 'node n1 is down', trace };
      note(world, attempt, 'lost');
      return true;
    case 'is removed by hand':
      world.engine.delete(attempt);
      note(world, attempt, 'removed');
      return true;
  }
}

/** The `at`-th container whose service was removed stops. @returns whether there was one. */
export function stopContainer({ engine }: World, at: number): boolean {
  const name = pick([...engine.stopping.keys()], at);
  return name !== undefined && engine.stopping.delete(name);
}

/** The same to the `at`-th service there is. */
export function happenAt(world: World, at: number, happening: Happening): void {
  const service = pick([...world.engine.services.values()], at);
  if (service !== undefined) happen(world, service, happening);
}

/** The `at`-th process that ever ran posts its report, be it late, superseded or the second. */
export function postReport(world: World, at: number, told: Told): void {
  const id = pick(world.processes, at);
  if (id === undefined) return;
  const summary = {
    attempt: id.attempt,
    exitStatus: typeof told === 'number' ? told : null,
    output: reportedOutput,
    receivedAt: world.wall,
    digest: 'digest',
  };
  const sent = told === 'nonsense' ? { ...summary, refused: 'it is no JSON' } : summary;
  if (world.store.report(id, sent)) note(world, id, `reported ${told}`);
}

const stream = { bytes: 9, truncated: false };
const reportedOutput: OutputSummary = {
  stdout: stream,
  stderr: stream,
  log: { state: 'complete' },
};

/** Both clocks move on. */
export function passTime(world: World, ms: number): void {
  world.elapsed += ms;
  world.wall += ms;
}

/** Other jobs take what slots they can get, at most `wanted`. */
export function letOthersTake(world: World, wanted: number): void {
  world.others = Math.min(wanted, world.capacity - world.store.live.size);
}

/** A user adds a task to the job, up to six. */
export function addTask({ store }: World): void {
  if (store.total < 6 && !isFinished(store.phase)) store.addTask();
}

/** The engine takes no new services from now on, or takes them again. */
export function toggleRefusal({ engine }: World): void {
  engine.refusing = !engine.refusing;
}
