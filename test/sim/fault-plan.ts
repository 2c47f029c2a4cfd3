import type { SimChanges } from './changes-port.ts';
import type { Faults } from './faults.ts';
import type { Fleet } from './fleet.ts';
import type { History } from './history.ts';
import type { Fault, Scenario } from './scenario.ts';
import type { SwarmFaults } from './swarm-faults.ts';
import type { Timeline } from './timeline.ts';
import type { HintRates } from './watch-port.ts';

interface FaultWorld {
  timeline: Timeline;
  history: History;
  fleet: Fleet;
  faults: Faults;
  swarm: SwarmFaults;
  changes: SimChanges;
  hints: HintRates;
}

type Timed = Extract<Fault, { atMs: number }>;

/** Lets happen what a scenario says, at its time. What waits for a call is no business of this. */
export class FaultPlan {
  readonly #world: FaultWorld;
  #endsAt = 0;

  constructor(world: FaultWorld, { faults }: Scenario) {
    this.#world = world;
    for (const fault of faults) this.#plan(fault);
  }

  /** From when on nothing goes wrong any more by the clock, in ms. */
  get endsAt(): number {
    return this.#endsAt;
  }

  #plan(fault: Fault): void {
    if (fault.type === 'hints') {
      Object.assign(this.#world.hints, { drop: fault.drop, repeat: fault.repeat });
      this.#world.changes.stale = fault.stale;
    }
    if (!('atMs' in fault)) return;
    const lasts = 'forMs' in fault ? (fault.forMs ?? 0) : 'backMs' in fault ? fault.backMs : 0;
    this.#endsAt = Math.max(this.#endsAt, fault.atMs + lasts);
    this.#world.timeline.in(fault.atMs, () => {
      this.#world.history.add(this.#world.timeline.now, `! ${JSON.stringify(fault)}`);
      this.#happen(fault);
    });
  }

  #happen(fault: Timed): void {
    const { fleet, faults, swarm } = this.#world;
    switch (fault.type) {
      case 'kill':
      case 'pause':
      case 'stop':
      case 'wall':
        this.#strike(fault);
        break;
      case 'add':
        fleet.start();
        break;
      case 'outage':
        faults.startOutage(fault.of, fault.forMs, fault.lost);
        break;
      case 'node':
        swarm.node(fault.what, fault.node, fault.forMs);
        break;
      case 'manager':
        swarm.manager(fault.forMs);
        break;
      case 'service':
        swarm.service(fault.pick);
        break;
      case 'container':
        swarm.container(fault.pick, fault.removed);
        break;
      case 'lists':
        swarm.lists(fault.of, fault.forMs);
        break;
      case 'room':
        swarm.room(fault.node);
        break;
      case 'renew':
        swarm.renew(fault.forMs);
        break;
      case 'trouble':
        swarm.trouble(fault.what, fault.node, fault.forMs);
        break;
    }
  }

  #strike(fault: Extract<Timed, { who: unknown }>): void {
    const { fleet } = this.#world;
    const process = fleet.find(fault.who);
    if (process === undefined) return;
    if (fault.type === 'kill') fleet.kill(process, fault.backMs);
    else if (fault.type === 'pause') fleet.pause(process, fault.forMs);
    else if (fault.type === 'stop') fleet.stop(process, fault.backMs);
    else process.wallOffset += fault.ms;
  }
}
