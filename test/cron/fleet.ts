import { Bell } from '../../internal/clock/bell.ts';
import { runCronJobs } from '../../internal/controller/cron-jobs.ts';
import { Policy } from '../../internal/policy/index.ts';
import type { Fence } from '../../internal/store/index.ts';
import type { Random } from '../chaos/random.ts';
import { silent, type TestStore } from '../store/harness.ts';
import { Gate, type Verdict } from './gate.ts';
import type { RunningJobs } from './running-jobs.ts';

/** Steps that are taken at random each time the clock stands still, at most. */
const MAX_TURMOIL = 40;
/** Steps that one leader alone needs at most until nothing is left to be done. */
const MAX_CALM = 3000;
const SLEEPING = 'sleep';
const WRITES = /^(fire|schedule|cancel|delete)/;
const SLOTS = [0, 1] as const;

interface Process {
  gate: Gate;
  fence: Fence;
  /** Turns that it lets pass: it was replaced in a pause, and goes on when the world is another one. */
  paused: number;
}

/** From a moment to days. */
const PAUSES = [0, 10, 100, 1000];

/** What happened to the processes. */
export interface Toll {
  killed: number;
  cutOff: number;
  takenOver: number;
  /** Terms that ended because a write was refused. */
  fenced: number;
}

/** Two controllers of cron jobs on one store, of which one leads; they are held at every call. */
export class Fleet {
  readonly toll: Toll = { killed: 0, cutOff: 0, takenOver: 0, fenced: 0 };
  readonly #store: TestStore;
  readonly #jobs: RunningJobs;
  readonly #random: Random;
  readonly #slots: [Process | undefined, Process | undefined] = [undefined, undefined];
  readonly #cancelled = new Set<string>();
  #leading: Process | undefined;

  constructor(store: TestStore, jobs: RunningJobs, random: Random) {
    this.#store = store;
    this.#jobs = jobs;
    this.#random = random;
  }

  /** Anything happens; then a leader that is left alone does what is left to be done. */
  async settle(): Promise<void> {
    const turmoil = this.#random.int(0, MAX_TURMOIL);
    for (let i = 0; i < turmoil; i++) await this.#disturb();
    for (let i = 0; i < MAX_CALM; i++) {
      if (await this.#isQuiet()) return;
      await this.#calm();
    }
    throw new Error(`the leader does not come to rest: it waits at ${this.#leading?.gate.waitsAt}`);
  }

  /** The fence of whoever leads: the test ends jobs with it. */
  async fence(): Promise<Fence> {
    const { token } = await this.#store.lease.readLease();
    return { token };
  }

  async #disturb(): Promise<void> {
    const slot = this.#random.pick(SLOTS);
    const process = this.#slots[slot];
    if (this.#isAboutToWrite(1 - slot) && this.#random.chance(0.2)) {
      if (process !== undefined) this.#kill(slot);
      await this.#takeOver(slot);
    } else if (process === undefined) {
      if (this.#random.chance(0.3)) await this.#takeOver(slot);
    } else if (process.paused > 0) {
      process.paused -= 1;
    } else if (this.#random.chance(0.04)) {
      this.#kill(slot);
    } else {
      await this.#proceed(slot, process, this.#verdict());
    }
  }

  #verdict(): Verdict {
    if (this.#random.chance(0.88)) return 'go';
    return this.#random.pick(['cut before', 'cut after', 'die after'] as const);
  }

  async #calm(): Promise<void> {
    const slot = SLOTS.find((at) => this.#slots[at] !== undefined && this.#isLeader(at));
    const leader = slot === undefined ? undefined : this.#slots[slot];
    if (slot !== undefined && leader !== undefined) return this.#proceed(slot, leader, 'go');
    const free = SLOTS.find((at) => this.#slots[at] === undefined) ?? this.#random.pick(SLOTS);
    if (this.#slots[free] !== undefined) this.#kill(free);
    await this.#takeOver(free);
  }

  /** The worst of times to lose the lead. */
  #isAboutToWrite(slot: number): boolean {
    const process = this.#slots[slot];
    return process !== undefined && process === this.#leading && WRITES.test(process.gate.waitsAt);
  }

  #isLeader(slot: 0 | 1): boolean {
    return this.#leading !== undefined && this.#slots[slot] === this.#leading;
  }

  async #proceed(slot: 0 | 1, process: Process, verdict: Verdict): Promise<void> {
    const { gate } = process;
    const call = gate.waitsAt;
    // Time itself is not cut off.
    await gate.proceed(call === SLEEPING ? 'go' : verdict);
    if (this.#random.chance(0.5)) await this.#endCancelled();
    if (verdict.startsWith('cut') && call !== SLEEPING) this.toll.cutOff += 1;
    if (gate.waitsAt === 'dead') this.#kill(slot);
    if (gate.waitsAt === 'the end') this.#slots[slot] = undefined;
  }

  #kill(slot: 0 | 1): void {
    this.#slots[slot] = undefined;
    this.toll.killed += 1;
  }

  /** A new process leads, whatever the one before it thinks. */
  async #takeOver(slot: 0 | 1): Promise<void> {
    const other = this.#slots[1 - slot];
    if (other !== undefined && other === this.#leading) {
      this.toll.takenOver += 1;
      other.paused = this.#random.pick(PAUSES);
    }
    const fence = await this.#store.lead(`controller ${slot}`);
    const process: Process = { gate: new Gate(), fence, paused: 0 };
    this.#slots[slot] = process;
    this.#leading = process;
    await process.gate.start(() => this.#run(process));
  }

  #run({ gate, fence }: Process): Promise<void> {
    const ended = new AbortController();
    const { clock, jobs } = this.#store;
    const end = () => {
      if (!ended.signal.aborted) this.toll.fenced += 1;
      ended.abort();
    };
    return runCronJobs({
      policy: new Policy(),
      bell: new Bell(),
      crons: gate.guard(this.#jobs.crons),
      jobs: gate.guard({
        cancelJob: async (uid: string) => {
          await jobs.cancelJob(uid);
          this.#cancelled.add(uid);
        },
        deleteJob: (uid: string) => jobs.deleteJob(uid),
      }),
      term: { fence, signal: ended.signal, mayAct: () => !ended.signal.aborted, end },
      clock: {
        ...{ now: () => clock.now(), monotonic: () => clock.monotonic() },
        after: (ms, fn) => clock.after(ms, fn),
        sleep: (_ms, signal) =>
          signal?.aborted ? Promise.resolve() : gate.pass(SLEEPING, () => Promise.resolve()),
      },
      log: silent,
    });
  }

  async #isQuiet(): Promise<boolean> {
    await this.#jobs.observe();
    await this.#endCancelled();
    await this.#jobs.expire(await this.fence());
    const due = await this.#jobs.nextDue();
    return this.#leading?.gate.waitsAt === SLEEPING && due > this.#store.clock.now();
  }

  /** Ends what was cancelled, as the controller of jobs would sooner or later. */
  async #endCancelled(): Promise<void> {
    for (const uid of this.#cancelled) {
      await this.#jobs.observe();
      if (this.#jobs.running.has(uid)) await this.#jobs.end(await this.fence(), uid, 'Cancelled');
      this.#cancelled.delete(uid);
    }
  }
}
