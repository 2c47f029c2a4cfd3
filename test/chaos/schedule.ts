import { setTimeout as delay } from 'node:timers/promises';
import type { Fault, Lane } from './fault.ts';
import { type Injection, injectOne, type Stage } from './injections.ts';
import type { Random } from './random.ts';

/** A fault that is none: what the same wait takes in a world that is well. */
const nothing: Fault = {
  kind: '(nothing)',
  ...{ lane: 'process', lastsMs: [0], costsAttempts: false },
  async inject() {},
  async recovered() {},
};

export interface ScheduleOptions {
  stage: Stage;
  faults: readonly Fault[];
  random: Random;
  /** How long steps are begun, in ms. */
  lastsMs: number;
}

/** What was done, and what went wrong beyond the faults themselves. */
export interface Ran {
  injections: Injection[];
  wrong: string[];
}

/**
 * Step after step: a fault of a process, one of a node, or one of each side by side. Each begins when
 * the world has recovered from the one before; each kind comes once before any comes again.
 */
export async function runSchedule({
  stage,
  faults,
  random,
  lastsMs,
}: ScheduleOptions): Promise<Ran> {
  const bags = {
    process: new Bag([...ofLane(faults, 'process'), nothing], random.of('process')),
    node: new Bag(ofLane(faults, 'node'), random.of('node')),
  };
  const ran: Ran = { injections: [], wrong: [] };
  const until = performance.now() + lastsMs;
  for (let number = 1; performance.now() < until; number++) {
    const lanes = random.pick<Lane[]>([['process'], ['process'], ['node'], ['process', 'node']]);
    const step = lanes.map((lane) => bags[lane].next());
    await Promise.all(
      step.map((fault) => attempt(ran, stage, fault, random.of(`${number}/${fault.kind}`))),
    );
    await delay(random.int(200, 1000));
  }
  return ran;
}

export function isReal({ fault }: Injection): boolean {
  return fault !== nothing;
}

async function attempt(ran: Ran, stage: Stage, fault: Fault, random: Random): Promise<void> {
  try {
    ran.injections.push(await injectOne(stage, fault, random));
  } catch (error) {
    ran.wrong.push(`${fault.kind}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function ofLane(faults: readonly Fault[], lane: Lane): Fault[] {
  return faults.filter((fault) => fault.lane === lane);
}

/** Faults in a random order, each once, then in another one. */
class Bag {
  readonly #faults: readonly Fault[];
  readonly #random: Random;
  #left: Fault[] = [];

  constructor(faults: readonly Fault[], random: Random) {
    this.#faults = faults;
    this.#random = random;
  }

  next(): Fault {
    if (this.#left.length === 0) this.#left = this.#random.shuffled(this.#faults);
    const fault = this.#left.pop();
    if (fault === undefined) throw new Error('there are no faults to choose from');
    return fault;
  }
}
