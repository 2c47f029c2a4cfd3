import type { JobSpec } from '../../internal/apis/index.ts';
import { FakeClock } from '../../internal/clock/fake-clock.ts';
import { serviceSpec } from '../../internal/swarm/index.ts';
import type { Behaviour } from './behaviour.ts';
import { ModelEngine } from './model-engine.ts';
import type { ModelTask } from './raw.ts';
import { seeded } from './seeded.ts';
import { ModelSwarm } from './swarm.ts';

export const HOUR_MS = 3_600_000;
const INSTANCE = 'model-test';

/** A model of three nodes under a clock that is moved by hand. `n1` is the manager. */
export class TestWorld {
  readonly clock = new FakeClock();
  readonly swarm: ModelSwarm;
  readonly engine: ModelEngine;
  readonly #behaviours = new Map<string, Partial<Behaviour>>();
  #nextIndex = 0;

  constructor({ seed = 1 }: { seed?: number } = {}) {
    this.swarm = new ModelSwarm({
      clock: this.clock,
      random: seeded(seed),
      nodes: ['n1', 'n2', 'n3'],
      behaviour: (spec) => this.#behaviours.get(spec.Name) ?? {},
    });
    this.engine = new ModelEngine({ swarm: this.swarm, instance: INSTANCE });
  }

  /** Creates the service of a new attempt, on a node if one is named. Returns its id. */
  create(behaviour: Partial<Behaviour> = {}, node?: string, job: Partial<JobSpec> = {}): string {
    const spec = serviceSpec({
      owner: { instance: INSTANCE, storeId: '01STORE' },
      id: { jobUid: '01JGFJJZ000000000000000000', index: this.#nextIndex++, attempt: 1 },
      job: { image: 'alpine:3', backoffLimit: 0, lossLimit: 10, outputLimitBytes: 1000, ...job },
      task: { name: 'task', args: [] },
    });
    this.#behaviours.set(spec.Name, behaviour);
    const Placement = { Constraints: node === undefined ? [] : [`node.hostname==${node}`] };
    const TaskTemplate = { ...spec.TaskTemplate, Placement };
    return this.swarm.createService({ ...spec, TaskTemplate }).ID;
  }

  /** Creates a service and lets its process start. */
  start(behaviour: Partial<Behaviour> = {}, node?: string, job?: Partial<JobSpec>): string {
    const id = this.create({ runMs: HOUR_MS, ...behaviour }, node, job);
    this.clock.advance(100);
    if (this.task(id).Status.State !== 'running') throw new Error('the task did not start');
    return id;
  }

  /** The task of a service as it is, also while no call would tell. */
  find(serviceId: string): ModelTask | undefined {
    return this.swarm.actual.tasks.find((task) => task.ServiceID === serviceId);
  }

  task(serviceId: string): ModelTask {
    const task = this.find(serviceId);
    if (task === undefined) throw new Error(`service ${serviceId} has no task`);
    return task;
  }

  /** What counts of a task, in one line: `failed 137, wanted shutdown`. */
  word(serviceId: string): string {
    const { Status, DesiredState } = this.task(serviceId);
    const code = Status.ContainerStatus?.ExitCode;
    const exit = Status.State === 'running' || code === undefined ? '' : ` ${code}`;
    return `${Status.State}${exit}, wanted ${DesiredState}`;
  }

  /** The process of a task lives, whatever swarm says of it. */
  runs(taskId: string): boolean {
    return this.swarm.running.some(({ id }) => id === taskId);
  }

  nodeState(hostname: string): string | undefined {
    const node = this.swarm.actual.nodes.find(
      ({ Description }) => Description.Hostname === hostname,
    );
    return node?.Status.State;
  }
}
