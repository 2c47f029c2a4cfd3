import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Evidence } from '../apis/index.ts';
import { roomForNew } from './max-per-node.ts';
import type { AttemptView, NodeLoad } from './snapshot.ts';
import { aClaim, aRecord, aSnapshot, trace } from './testing/builders.ts';

/** A service of the job: swarm puts it on a node that it is not kept from; stopped, it lives on for a while. */
interface Service {
  excluded: readonly string[];
  node?: string;
  current: boolean;
}

const NODES = ['a', 'b', 'c'];

/** A swarm and the controller's records of one job, with looks that are as old as they are. */
class World {
  readonly services: Service[] = [];
  #look = { loads: loadsOf([]), placed: new Set<Service>() };
  #settled = false;
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** The most that a node has. */
  get most(): number {
    return Math.max(...loadsOf(this.services).map(({ tasks }) => tasks));
  }

  look(): void {
    const placed = new Set(this.services.filter(({ node }) => node !== undefined));
    this.#look = { loads: loadsOf(this.services), placed };
    this.#settled = false;
  }

  /** One plan: what has room gets its service. */
  create(wanted: number): void {
    const current = this.services.filter((it) => it.current);
    const attempts = [
      ...current.map((service, index): AttemptView => ({ index, ...this.#seen(service) })),
      ...Array.from({ length: wanted }, (_, i): AttemptView => {
        return { index: current.length + i, record: aClaim(), evidence: { kind: 'unseen' } };
      }),
    ];
    const spec = { placement: { maxPerNode: this.#max } };
    const nodes = this.#settled ? {} : { nodes: this.#look.loads };
    const room = roomForNew(aSnapshot({ spec, attempts, ...nodes })) ?? new Map();
    for (const excluded of room.values()) this.services.push({ excluded, current: true });
  }

  /** Swarm finds a node for a service that was not removed. */
  place(which: number, where: number): void {
    const service = this.services.filter(({ node, current }) => current && !node)[which];
    const free = NODES.filter((id) => !service?.excluded.includes(id));
    const node = free[where % free.length];
    if (service !== undefined && node !== undefined) service.node = node;
  }

  /** An attempt is settled; what it left on its node may live on. */
  settle(which: number): void {
    const service = this.services.filter((it) => it.current)[which];
    if (service === undefined) return;
    service.current = false;
    this.#settled = true;
  }

  /** A process that is to stop has stopped; a service that is removed and has no node is gone. */
  stop(which: number): void {
    const over = this.services.filter((it) => !it.current)[which];
    if (over !== undefined) this.services.splice(this.services.indexOf(over), 1);
  }

  #seen(service: Service): Pick<AttemptView, 'record' | 'evidence'> {
    const nodeId = this.#look.placed.has(service) ? service.node : undefined;
    const evidence: Evidence =
      nodeId === undefined ? { kind: 'unseen' } : { kind: 'running', trace: { ...trace, nodeId } };
    return { record: aRecord(), evidence };
  }
}

function loadsOf(services: readonly Service[]): NodeLoad[] {
  return NODES.map((id) => ({ id, tasks: services.filter(({ node }) => node === id).length }));
}

const pick = fc.nat(5);
const often = <T>(arbitrary: fc.Arbitrary<T>) => ({ weight: 3, arbitrary });
const move = fc.oneof(
  often(fc.constant((world: World) => world.look())),
  often(pick.map((n) => (world: World) => world.create(n + 1))),
  often(
    fc.tuple(fc.nat(1), pick).map(
      ([n, m]) =>
        (world: World) =>
          world.place(n, m),
    ),
  ),
  fc.nat(1).map((n) => (world: World) => world.settle(n)),
  fc.nat(1).map((n) => (world: World) => world.stop(n)),
);
const moves = fc.array(move, { minLength: 20, maxLength: 100 });

it('no node ever has more tasks of a job than it may, however old looks are and wherever swarm puts them', () => {
  let reached = 0;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), moves, (max, steps) => {
      const world = new World(max);
      for (const step of steps) {
        step(world);
        expect(world.most).toBeLessThanOrEqual(max);
        if (world.most === max) reached++;
      }
    }),
    { numRuns: 500 },
  );
  expect(reached).toBeGreaterThan(100);
});
