import fc from 'fast-check';
import type { Fate } from './fair-end.ts';
import type { Move, Script } from './script.ts';
import type { Setup, Told } from './world.ts';

const at = fc.nat(7);
const exitStatus = fc.constantFrom(0, 0, 1, 3);
const ends = fc.record({ what: fc.constant('ends' as const), exitStatus });
const befalls = fc.record({
  what: fc.constantFrom(
    ...(['is rejected', 'is not started by its node', 'is lost', 'is removed by hand'] as const),
  ),
});
const starts = fc.constant({ what: 'starts' as const });
const happening = fc.oneof(
  { weight: 4, arbitrary: starts },
  { weight: 3, arbitrary: ends },
  { weight: 2, arbitrary: befalls },
);
const told: fc.Arbitrary<Told> = fc.constantFrom<Told[]>(0, 0, 1, 3, 'none', 'nonsense');
/** What reports nonsense is no more than that: it ends as others do, or it would run for ever. */
const reports = fc.oneof(
  fc.record({ what: fc.constant('reports' as const), told, later: fc.oneof(ends, befalls) }),
  fc.record({ what: fc.constant('reports' as const), told: exitStatus }),
);

const hour = 3_600_000;

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ move: fc.constant('step' as const), at }) },
  { weight: 10, arbitrary: fc.record({ move: fc.constantFrom('plan' as const, 'look' as const) }) },
  { weight: 7, arbitrary: fc.record({ move: fc.constant('happen' as const), at, happening }) },
  { weight: 2, arbitrary: fc.record({ move: fc.constant('report' as const), at, told }) },
  {
    weight: 5,
    arbitrary: fc.record({
      move: fc.constantFrom(
        ...(['begin look', 'publish look', 'crash', 'repeat'] as const),
        ...(['sweep', 'add task', 'toggle refusal'] as const),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ move: fc.constant('crash within step' as const), at }) },
  { weight: 2, arbitrary: fc.record({ move: fc.constant('container stops' as const), at }) },
  {
    weight: 1,
    arbitrary: fc.record({
      move: fc.constantFrom('time' as const, 'wall jump' as const),
      ms: fc.constantFrom(1000, 31_000, hour),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ move: fc.constant('wall jump' as const), ms: fc.constant(-hour) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ move: fc.constant('others' as const), wanted: fc.nat(4) }),
  },
);

const setup: fc.Arbitrary<Setup> = fc.record({
  tasks: fc.integer({ min: 1, max: 6 }),
  parallelism: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  backoffLimit: fc.nat(2),
  lossLimit: fc.nat(2),
  completionPolicy: fc.constantFrom('both', 'both', 'report', 'exit'),
  capacity: fc.integer({ min: 1, max: 6 }),
  stuck: fc.boolean(),
});

const someFates = { minLength: 1, maxLength: 8 };
const mixedFates: fc.Arbitrary<Fate[]> = fc.array(fc.oneof(ends, befalls, reports), someFates);
/** As of a node that is out of order for long, which other fates alone would hardly come to. */
const brokenNode: fc.Arbitrary<Fate[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant({ what: 'is not started by its node' as const }) },
    { weight: 1, arbitrary: fc.oneof(ends, befalls) },
  ),
  someFates,
);
const fates = fc.oneof({ weight: 4, arbitrary: mixedFates }, { weight: 1, arbitrary: brokenNode });

export const scripts: fc.Arbitrary<Script> = fc.record({
  setup,
  moves: fc.array(move, { maxLength: 60, size: 'max' }),
  fates,
});

/** Without moves: the controller and a fair environment alone. */
export const quietScripts: fc.Arbitrary<Script> = fc.record({
  setup,
  moves: fc.constant<Move[]>([]),
  fates,
});
