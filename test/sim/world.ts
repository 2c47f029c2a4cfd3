import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { attemptOfLabels } from '../../internal/apis/index.ts';
import { openChanges, openStores, type Stores } from '../../internal/store/index.ts';
import { type Keys, makeKeys } from '../../internal/store/keys.ts';
import { ModelEngine } from '../model/model-engine.ts';
import { ModelSwarm } from '../model/swarm.ts';
import { ApiServer } from './api-process.ts';
import { SimChanges } from './changes-port.ts';
import { Containers } from './containers.ts';
import { INSTANCE } from './controller-process.ts';
import { Coverage } from './coverage.ts';
import { describeCall } from './describe-call.ts';
import { Effects } from './effects.ts';
import { FaultPlan } from './fault-plan.ts';
import { Faults } from './faults.ts';
import { Fleet } from './fleet.ts';
import { History } from './history.ts';
import { Ledger } from './ledger.ts';
import { SECRET } from './make-policies.ts';
import { Monitor } from './monitor.ts';
import { Receiver } from './receiver.ts';
import { Reporters } from './reporters.ts';
import { Rng } from './rng.ts';
import type { Scenario } from './scenario.ts';
import { worldClock } from './sim-process.ts';
import { SwarmFaults } from './swarm-faults.ts';
import { Timeline } from './timeline.ts';
import { Truth } from './truth.ts';
import { Users } from './users.ts';
import { Violations } from './violation.ts';
import { enginePort } from './watch-port.ts';

const PREFIX = 'sim:';

/** A whole installation under one scheduler: real code and a real Redis, simulated everything else. */
export class World {
  readonly scenario: Scenario;
  readonly redis: Redis;
  readonly timeline = new Timeline();
  readonly history = new History();
  readonly coverage = new Coverage();
  readonly violations = new Violations();
  readonly truth = new Truth();
  readonly keys: Keys = makeKeys(PREFIX);
  readonly receiver: Receiver;
  readonly swarm: ModelSwarm;
  readonly monitor: Monitor;
  readonly effects: Effects;
  readonly stores: Stores;
  readonly fleet: Fleet;
  readonly plan: FaultPlan;
  readonly users: Users;
  /** Users whose submissions have not been answered yet. */
  busyUsers = 0;

  constructor(redis: Redis, scenario: Scenario, log: Logger) {
    const { timeline, history, coverage, violations, truth } = this;
    const clock = worldClock(timeline);
    const rng = (purpose: string) => new Rng(scenario.seed).fork(purpose);
    const { maxConcurrent, nodes, faults: plan } = scenario;
    this.scenario = scenario;
    this.redis = redis;
    this.receiver = new Receiver(scenario.jobs);
    const swarmRng = rng('swarm');
    this.swarm = new ModelSwarm({
      ...{ clock, nodes, random: () => swarmRng.next() },
      behaviour: (spec) => {
        const id = attemptOfLabels(spec.Labels);
        if (id === undefined) return {};
        reporters.onCreate(id, spec.TaskTemplate.ContainerSpec.Env);
        return truth.behaviourOf(id);
      },
      onProcess: (task, end) => containers.onProcess(task, end),
    });
    const { swarm } = this;
    swarm.addNamed('secrets', SECRET);
    const ledger = new Ledger();
    const shifts = plan.flatMap((fault) => (fault.type === 'wall' ? [Math.abs(fault.ms)] : []));
    const skewMs = shifts.reduce((sum, ms) => sum + ms, 0);
    const containers = new Containers({
      ...{ swarm, timeline, truth, violations, ledger, maxConcurrent, skewMs },
    });
    const steady = shifts.length === 0;
    const audited = { timeline, truth, violations, maxConcurrent, containers, steady };
    this.monitor = new Monitor(audited, ledger);
    const faults = new Faults({ faults: plan, rng: rng('faults'), now: () => timeline.now });
    this.effects = new Effects({
      ...{ timeline, history, coverage, rng: rng('effects') },
      treat: (call) => faults.treat(call),
      describe: (call) => describeCall(call, history),
      onIssue: this.monitor.onIssue,
      onEffect: (call, outcome) => {
        this.monitor.onEffect(call, outcome);
        if (call.port === 'api') changes.bump();
      },
    });
    const { effects } = this;
    this.stores = openStores(redis, clock, PREFIX);
    const changes = new SimChanges(effects, openChanges(redis, PREFIX), rng('changes'));
    const hints = { drop: 0, repeat: 0 };
    const portRng = rng('hints');
    this.fleet = new Fleet({
      ...{ timeline, history, violations, leader: () => this.monitor.leader },
      world: {
        ...{ effects, stores: this.stores, changes, receiver: this.receiver, maxConcurrent, log },
        engineOf: (process) => {
          // One each: what it remembers of the swarm dies with its process.
          const engine = new ModelEngine({ swarm, instance: INSTANCE });
          return enginePort(process, { effects, timeline, rng: portRng, engine, hints });
        },
        rng: rng('processes'),
      },
    });
    const swarmFaults = new SwarmFaults({ swarm, timeline, truth, containers, ledger });
    const { fleet } = this;
    this.plan = new FaultPlan(
      { timeline, history, fleet, faults, swarm: swarmFaults, changes, hints },
      scenario,
    );
    const api = new ApiServer(timeline, rng('api'), effects, this.stores.jobs);
    this.users = new Users({ api, clock, truth, history, rng: rng('users') });
    const reporters = new Reporters({ api, clock, truth, swarm });
  }

  /** Starts the controllers, and lets the users come. */
  async begin(): Promise<void> {
    await this.redis.flushdb();
    // What differs from server to server and from run to run.
    const identity = { storeId: '01J00000000000000000000000', reportKey: '5a'.repeat(32) };
    await this.redis.hset(this.keys.meta, identity);
    for (let i = 0; i < this.scenario.controllers; i++) this.fleet.start();
    for (const job of this.scenario.jobs) this.#submit(job);
  }

  #submit(job: Scenario['jobs'][number]): void {
    this.busyUsers++;
    this.users.submit(job).then(
      () => {
        this.busyUsers--;
      },
      (error: unknown) => this.violations.add('users are served', String(error)),
    );
  }
}
