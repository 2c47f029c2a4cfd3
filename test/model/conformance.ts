import { afterAll, beforeAll, describe } from 'vitest';
import { Bench, type Subject } from './conformance-bench.ts';
import { logsConform } from './conformance-logs.ts';
import { referencesConform } from './conformance-references.ts';
import { servicesConform } from './conformance-services.ts';
import { swarmConforms } from './conformance-swarm.ts';
import { tasksConform } from './conformance-tasks.ts';

/** A part of the suite: it registers tests, and asks for the bench when they run. */
export type Conformance = (bench: () => Bench) => void;

const PARTS: Record<string, Conformance> = {
  tasks: tasksConform,
  services: servicesConform,
  references: referencesConform,
  logs: logsConform,
  'the swarm': swarmConforms,
};

/** Registers what any engine does, for one of them. The same assertions for all, with no exception. */
export function describeEngine(name: string, setUp: () => Promise<Subject>): void {
  describe(name, () => {
    let bench: Bench | undefined;
    beforeAll(async () => {
      bench = new Bench(await setUp());
    });
    afterAll(() => bench?.close());
    const ready = () => {
      if (bench === undefined) throw new Error(`${name} was not set up`);
      return bench;
    };
    for (const [part, register] of Object.entries(PARTS)) describe(part, () => register(ready));
  });
}
