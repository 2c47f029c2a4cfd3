import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Demand, Slots, type Weights } from './slots.ts';

const UNLIMITED = Number.POSITIVE_INFINITY;
const NONE: Demand = {
  ...{ active: 0, runnable: 0, parallelism: UNLIMITED },
  ...{ priority: 0, namespace: 'default' },
};

/** Jobs that claim what they are granted, and tell of it, as the reconciler does. */
class Jobs {
  readonly slots: Slots;
  readonly demands = new Map<string, Demand>();

  /** Most slots by namespace. */
  readonly most = new Map<string, number>();

  constructor(capacity: number, weights: Weights = {}) {
    this.slots = new Slots(capacity, weights, (namespace) => this.mostOf(namespace));
  }

  mostOf(namespace: string): number {
    return this.most.get(namespace) ?? UNLIMITED;
  }

  /** Slots that the jobs of a namespace hold. */
  heldIn(namespace: string): number {
    const theirs = [...this.demands].filter(([, it]) => it.namespace === namespace);
    return theirs.reduce((sum, [uid]) => sum + this.held(uid), 0);
  }

  submit(uid: string, runnable: number, of: Partial<Demand> = {}): void {
    this.#set(uid, { ...NONE, runnable, ...of });
  }

  /** The namespace, or the priority, of a job changes. */
  move(uid: string, to: Partial<Demand>): void {
    this.#set(uid, { ...this.#of(uid), ...to });
  }

  /** A task of the job ends. */
  end(uid: string): void {
    const demand = this.#of(uid);
    if (demand.active > 0) this.#set(uid, { ...demand, active: demand.active - 1 });
  }

  /** Starts up to `most` of what the job was granted; the rest it gives back. */
  start(uid: string, most: number): number {
    const demand = this.#of(uid);
    const started = Math.min(most, this.slots.granted(uid), demand.runnable);
    this.slots.use(uid, started);
    const { active, runnable } = demand;
    const untouched = demand.untouched === true && started === 0;
    const now = { active: active + started, runnable: runnable - started, untouched };
    this.demands.set(uid, { ...demand, ...now });
    return started;
  }

  finish(uid: string): void {
    this.slots.drop(uid);
    this.demands.delete(uid);
  }

  /** Grants the free slots, and lets every job start what it got. @returns who started a task. */
  startAll(): string[] {
    const winners = [...this.slots.distribute()];
    for (const uid of winners) this.start(uid, UNLIMITED);
    return winners;
  }

  held(uid: string): number {
    return this.#of(uid).active + this.slots.granted(uid);
  }

  total(): number {
    return [...this.demands.keys()].reduce((sum, uid) => sum + this.held(uid), 0);
  }

  /** The jobs that could use another slot. */
  hungry(): string[] {
    const wanting = [...this.demands].filter(
      ([uid, { active, runnable, parallelism }]) =>
        this.slots.granted(uid) < Math.min(runnable, parallelism - active),
    );
    return wanting.map(([uid]) => uid);
  }

  #of(uid: string): Demand {
    return this.demands.get(uid) ?? NONE;
  }

  #set(uid: string, demand: Demand): void {
    this.demands.set(uid, demand);
    this.slots.update(uid, demand);
  }
}

describe('the slots', () => {
  it('all go to one job that is alone', () => {
    const jobs = new Jobs(12);
    jobs.submit('big', 10_000);
    jobs.startAll();
    expect(jobs.held('big')).toBe(12);
  });

  it('go to a job of one task before a job of 10,000 gets another', () => {
    const jobs = new Jobs(12);
    jobs.submit('big', 10_000);
    jobs.startAll();
    jobs.submit('small', 1);
    expect(jobs.startAll()).toEqual([]);
    jobs.end('big');
    expect(jobs.startAll()).toEqual(['small']);
  });

  it('are shared evenly between big jobs', () => {
    const jobs = new Jobs(12);
    for (const uid of ['a', 'b', 'c']) jobs.submit(uid, 10_000);
    jobs.startAll();
    expect(['a', 'b', 'c'].map((uid) => jobs.held(uid))).toEqual([4, 4, 4]);
  });

  it('are waited for by what could start, were there more of them', () => {
    const jobs = new Jobs(4);
    expect(jobs.slots.runnable).toBe(0);
    jobs.submit('narrow', 10, { parallelism: 3 });
    jobs.submit('waits for its retry', 0);
    jobs.most.set('small', 1);
    jobs.submit('in a full namespace', 10, { namespace: 'small', priority: 1 });
    expect(jobs.slots.runnable).toBe(13);
    jobs.startAll();
    expect(jobs.slots.runnable).toBe(0);
    jobs.submit('late', 5);
    expect(jobs.slots.runnable).toBe(5);
  });

  it('that one job cannot use go to the others', () => {
    const jobs = new Jobs(12);
    jobs.submit('narrow', 10_000, { parallelism: 2 });
    jobs.submit('short', 3);
    jobs.submit('big', 10_000);
    jobs.startAll();
    expect(['narrow', 'short', 'big'].map((uid) => jobs.held(uid))).toEqual([2, 3, 7]);
  });

  it('go among equals to the job that has waited longest', () => {
    const jobs = new Jobs(1);
    jobs.submit('first', 1);
    jobs.startAll();
    for (const uid of ['a', 'b', 'c']) jobs.submit(uid, 1);
    const order: string[] = [];
    for (let ended = 0; ended < 3; ended++) {
      jobs.end(order.at(-1) ?? 'first');
      order.push(...jobs.startAll());
    }
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('do not pass over a job because it tells of itself again while it waits', () => {
    const jobs = new Jobs(1);
    jobs.submit('first', 1);
    jobs.startAll();
    jobs.submit('a', 1);
    jobs.submit('b', 1);
    jobs.submit('a', 5);
    jobs.end('first');
    expect(jobs.startAll()).toEqual(['a']);
  });

  it('that were granted and not used are free again', () => {
    const jobs = new Jobs(4);
    jobs.submit('a', 4);
    jobs.slots.distribute();
    jobs.submit('b', 4);
    jobs.start('a', 1);
    expect(jobs.slots.granted('a')).toBe(0);
    expect(jobs.startAll()).toContain('b');
    expect(jobs.held('b')).toBe(2);
  });

  it('that were granted stay granted while the job tells of itself again', () => {
    const jobs = new Jobs(4);
    jobs.submit('a', 4);
    jobs.slots.distribute();
    jobs.submit('a', 9);
    expect(jobs.slots.granted('a')).toBe(4);
    jobs.submit('a', 2);
    expect(jobs.slots.granted('a')).toBe(2);
  });

  it('of a job that is finished are free, and it gets no more', () => {
    const jobs = new Jobs(2);
    jobs.submit('a', 9);
    jobs.startAll();
    jobs.submit('b', 9);
    jobs.finish('a');
    expect(jobs.startAll()).toEqual(['b']);
    expect([jobs.slots.granted('a'), jobs.held('b')]).toEqual([0, 2]);
  });

  it('are not granted when more is running than there are slots', () => {
    const slots = new Slots(2);
    slots.update('a', { ...NONE, active: 5, runnable: 5 });
    expect([...slots.distribute()]).toEqual([]);
  });
});

describe('the slots of new jobs', () => {
  /** Jobs of one task at a time; those that end begin again at once. */
  function rounds(jobs: Jobs, slots: number): string[] {
    const order: string[] = [];
    for (let i = 0; i < slots; i++) {
      const [uid = ''] = jobs.startAll();
      order.push(uid);
      jobs.end(uid);
    }
    return order;
  }

  it('come before another round of the others', () => {
    const jobs = new Jobs(1);
    for (const uid of ['a', 'b', 'c']) jobs.submit(uid, 100);
    for (const uid of ['n1', 'n2', 'n3', 'n4']) jobs.submit(uid, 100, { untouched: true });
    expect(rounds(jobs, 7).slice(0, 4)).toEqual(['n1', 'n2', 'n3', 'n4']);
  });

  it('leave the others each eighth, in turn, however many new jobs there are', () => {
    const jobs = new Jobs(1);
    for (const uid of ['a', 'b', 'c']) jobs.submit(uid, 100);
    for (let i = 0; i < 30; i++) jobs.submit(`n${i}`, 100, { untouched: true });
    const order = rounds(jobs, 24);
    expect([7, 15, 23].map((place) => order[place])).toEqual(['a', 'b', 'c']);
    expect(order.filter((uid) => uid.startsWith('n')).length).toBe(21);
  });

  it('are as those of any other once they have had one', () => {
    const jobs = new Jobs(1);
    jobs.submit('old', 100);
    jobs.submit('new', 100, { untouched: true });
    expect(rounds(jobs, 3)[0]).toBe('new');
    expect(new Set(rounds(jobs, 4))).toEqual(new Set(['old', 'new']));
  });
});

describe('the slots of jobs with priorities', () => {
  it('go to the highest first, however many it has already', () => {
    const jobs = new Jobs(6);
    jobs.submit('low', 10, { priority: -5 });
    jobs.submit('high', 4, { priority: 7 });
    jobs.submit('usual', 10);
    jobs.startAll();
    expect(['high', 'usual', 'low'].map((uid) => jobs.held(uid))).toEqual([4, 2, 0]);
  });

  it('stay with who has them: only the next free one goes to a higher priority', () => {
    const jobs = new Jobs(2);
    jobs.submit('low', 10);
    jobs.startAll();
    jobs.submit('high', 10, { priority: 1 });
    expect(jobs.startAll()).toEqual([]);
    jobs.end('low');
    expect(jobs.startAll()).toEqual(['high']);
  });

  it('follow a priority that is changed', () => {
    const jobs = new Jobs(1);
    jobs.submit('first', 1);
    jobs.startAll();
    jobs.submit('a', 1);
    jobs.submit('b', 1);
    jobs.move('b', { priority: 1 });
    jobs.end('first');
    expect(jobs.startAll()).toEqual(['b']);
  });
});

describe('the slots of namespaces', () => {
  it('are shared by their weights, whatever the number of their jobs', () => {
    const jobs = new Jobs(12, { big: 3, small: 1 });
    for (let i = 0; i < 50; i++) jobs.submit(`many-${i}`, 10, { namespace: 'small' });
    jobs.submit('one', 100, { namespace: 'big' });
    jobs.startAll();
    expect(jobs.held('one')).toBe(9);
  });

  it('are shared as equals by those without a weight, whatever they are called', () => {
    const jobs = new Jobs(12, { big: 3 });
    for (const namespace of ['constructor', 'other']) jobs.submit(namespace, 100, { namespace });
    jobs.startAll();
    expect([jobs.held('constructor'), jobs.held('other')]).toEqual([6, 6]);
  });

  it('that one cannot use go to the others', () => {
    const jobs = new Jobs(12, { big: 3 });
    jobs.submit('one', 2, { namespace: 'big' });
    jobs.submit('other', 100);
    jobs.startAll();
    expect([jobs.held('one'), jobs.held('other')]).toEqual([2, 10]);
  });
});

describe('the slots of a namespace that may have only so many', () => {
  it('are no more, and the others go to whoever wants them', () => {
    const jobs = new Jobs(10);
    jobs.most.set('team', 3);
    for (const uid of ['a', 'b']) jobs.submit(uid, 100, { namespace: 'team', priority: 5 });
    jobs.submit('other', 100);
    jobs.startAll();
    expect([jobs.heldIn('team'), jobs.held('other')]).toEqual([3, 7]);
    jobs.end('a');
    jobs.startAll();
    expect([jobs.heldIn('team'), jobs.held('other')]).toEqual([3, 7]);
  });

  it('are shared between its jobs of all priorities', () => {
    const jobs = new Jobs(10);
    jobs.most.set('team', 3);
    jobs.submit('high', 2, { namespace: 'team', priority: 5 });
    jobs.submit('low', 100, { namespace: 'team' });
    jobs.startAll();
    expect([jobs.held('high'), jobs.held('low')]).toEqual([2, 1]);
  });

  it('follow the limit when it changes', () => {
    const jobs = new Jobs(10);
    jobs.most.set('team', 0);
    jobs.submit('a', 100, { namespace: 'team' });
    expect(jobs.startAll()).toEqual([]);
    jobs.most.set('team', 2);
    jobs.startAll();
    expect(jobs.heldIn('team')).toBe(2);
    jobs.most.set('team', 1);
    jobs.end('a');
    expect(jobs.startAll()).toEqual([]);
    jobs.end('a');
    expect(jobs.startAll()).toEqual(['a']);
  });

  it('are given to its next job when one is dropped', () => {
    const jobs = new Jobs(10);
    jobs.most.set('team', 1);
    for (const uid of ['a', 'b']) jobs.submit(uid, 100, { namespace: 'team' });
    jobs.startAll();
    jobs.finish('a');
    expect(jobs.startAll()).toEqual(['b']);
  });
});

const WEIGHTS: Weights = { red: 3, green: 1 };
const uid = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const moves = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('submit' as const),
      uid,
      runnable: fc.nat(9),
      parallelism: fc.constantFrom(1, 2, 3, UNLIMITED),
      priority: fc.constantFrom(-1, 0, 0, 0, 2),
      namespace: fc.constantFrom('red', 'green', 'blue'),
      untouched: fc.boolean(),
    }),
    fc.record({ do: fc.constant('start' as const), uid, most: fc.nat(4) }),
    fc.record({ do: fc.constantFrom('end' as const, 'finish' as const), uid }),
    fc.record({ do: fc.constant('move' as const), uid, priority: fc.constantFrom(0, 2) }),
    fc.record({ do: fc.constant('distribute' as const) }),
    fc.record({
      do: fc.constant('limit' as const),
      namespace: fc.constantFrom('red', 'blue'),
      most: fc.constantFrom(0, 1, 2, 4, UNLIMITED),
    }),
  ),
  { maxLength: 60 },
);

/** Each move, and what must hold after it. */
function play(capacity: number, all: readonly Move[]): void {
  const jobs = new Jobs(capacity, WEIGHTS);
  for (const move of all) {
    if (move.do === 'submit') resubmit(jobs, move);
    else if (move.do === 'start') jobs.start(move.uid, move.most);
    else if (move.do === 'end') jobs.end(move.uid);
    else if (move.do === 'finish') jobs.finish(move.uid);
    else if (move.do === 'limit') jobs.most.set(move.namespace, move.most);
    else if (move.do === 'move') {
      if (jobs.demands.has(move.uid)) jobs.move(move.uid, { priority: move.priority });
    } else checkShares(jobs, capacity, jobs.slots.distribute());
    expect(jobs.total()).toBeLessThanOrEqual(capacity);
  }
}

type Move = typeof moves extends fc.Arbitrary<(infer M)[]> ? M : never;

describe('the slots, whatever the jobs do', () => {
  it('are never more than there are, never idle while wanted, and go by priority, weight and need', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 8 }), moves, play));
  });
});

/** A job is submitted, or its runnable tasks change; what it has running it keeps. */
function resubmit(jobs: Jobs, { uid: job, ...of }: { uid: string } & Omit<Demand, 'active'>) {
  if (jobs.demands.has(job)) jobs.move(job, { runnable: of.runnable });
  else jobs.submit(job, of.runnable, of);
}

function checkShares(jobs: Jobs, capacity: number, winners: Set<string>): void {
  const hungry = jobs.hungry().filter((uid) => {
    const namespace = jobs.demands.get(uid)?.namespace ?? '';
    return jobs.heldIn(namespace) < jobs.mostOf(namespace);
  });
  if (hungry.length > 0) expect(jobs.total()).toBe(capacity);
  for (const [job, { active, runnable, parallelism }] of jobs.demands) {
    expect(jobs.slots.granted(job)).toBeLessThanOrEqual(runnable);
    expect(active + jobs.slots.granted(job)).toBeLessThanOrEqual(Math.max(active, parallelism));
  }
  for (const winner of winners) {
    const { namespace } = jobs.demands.get(winner) ?? NONE;
    expect(jobs.heldIn(namespace)).toBeLessThanOrEqual(jobs.mostOf(namespace));
    const passedOver = hungry.filter((other) => comesFirst(jobs, other, winner));
    expect(passedOver).toEqual([]);
  }
}

/** True when the last slot of `winner` was to go to `other`, which still wants one. */
function comesFirst(jobs: Jobs, other: string, winner: string): boolean {
  const [a, b] = [jobs.demands.get(other) ?? NONE, jobs.demands.get(winner) ?? NONE];
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (a.namespace === b.namespace) return jobs.held(other) < jobs.held(winner) - 1;
  return level(jobs, a, 0) < level(jobs, b, 1);
}

/** What the jobs of a namespace and a priority hold, but for `less`, for its weight. */
function level(jobs: Jobs, { namespace, priority }: Demand, less: number): number {
  const theirs = [...jobs.demands].filter(([, it]) => {
    return it.namespace === namespace && it.priority === priority;
  });
  const held = theirs.reduce((sum, [job]) => sum + jobs.held(job), -less);
  return held / (WEIGHTS[namespace] ?? 1);
}

describe('attempts that wait for a node', () => {
  it('hold no slot, and count for the parallelism of their job', () => {
    const slots = new Slots(2);
    const demand = { active: 0, runnable: 5, parallelism: 2, priority: 9, namespace: 'a' };
    slots.update('waits', { ...demand, standing: 1 });
    slots.update('other', { ...demand, priority: 0, parallelism: 5 });
    slots.distribute();
    expect([slots.granted('waits'), slots.granted('other')]).toEqual([1, 1]);
    expect([slots.standing(), slots.standing('a'), slots.standing('b')]).toEqual([1, 1, 0]);
    slots.drop('waits');
    expect(slots.standing()).toBe(0);
  });
});
