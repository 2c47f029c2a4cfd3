import { memoryBytes, nanoCpus, type Resources } from '../apis/index.ts';
import type { Path } from '../apis/validation/index.ts';
import { matchesAny } from './pattern.ts';
import { type Judge, listed, type Refusal } from './refusal.ts';
import type { Rules } from './rules.ts';

type Amount = number | string | undefined;

/** Each amount as a number that can be compared. */
const AMOUNTS = {
  cpus: (value: number | string) => nanoCpus(value),
  memory: (value: number | string) => memoryBytes(value),
  pids: (value: number | string) => Number(value),
} as const;
type Kind = keyof typeof AMOUNTS;
const KINDS: readonly Kind[] = ['cpus', 'memory', 'pids'];

/** What each task may use of its node. Tasks without resources of their own have those of the job. */
export const judgeResources: Judge = function* ({ resources }, { spec, tasks }) {
  if (tasks.length === 0 || tasks.some((task) => task.resources === undefined)) {
    yield* judgeOne(resources, spec.resources, ['resources']);
  }
  for (const [index, task] of tasks.entries()) {
    if (task.resources === undefined) continue;
    yield* judgeOne(resources, task.resources, ['tasks', index, 'resources']);
  }
};

function* judgeOne(
  rules: Rules['resources'],
  given: Resources | undefined,
  at: Path,
): Generator<Refusal> {
  for (const kind of KINDS) {
    const most = rules.max[kind];
    if (most !== undefined) yield* judgeMost(kind, most, given, at);
  }
  yield* judgeRequired(rules.required, given, at);
  yield* judgeGeneric(rules.genericResources, given, at);
}

function* judgeMost(
  kind: Kind,
  most: number | string,
  given: Resources | undefined,
  at: Path,
): Generator<Refusal> {
  const rule = `resources.max.${kind}`;
  const allowed = `at most ${most}`;
  for (const part of ['limits', 'reservations'] as const) {
    const value = amountOf(given, part, kind);
    const place = [...at, part, kind];
    if (value === undefined) {
      const wrong = 'without a limit a task may use more';
      if (part === 'limits') yield { rule, at: place, wrong, allowed };
    } else if (isMore(kind, value, most)) {
      yield { rule, at: place, wrong: `${value} is more than that`, allowed };
    }
  }
}

function* judgeRequired(
  required: Rules['resources']['required'],
  given: Resources | undefined,
  at: Path,
): Generator<Refusal> {
  for (const name of required) {
    const [part = '', kind = ''] = name.split('.');
    if (amountOf(given, part, kind) !== undefined) continue;
    const wrong = 'every task must give it';
    yield { rule: 'resources.required', at: [...at, part, kind], wrong, allowed: `with ${name}` };
  }
}

function* judgeGeneric(
  kinds: readonly string[],
  given: Resources | undefined,
  at: Path,
): Generator<Refusal> {
  for (const [index, { kind }] of (given?.reservations?.genericResources ?? []).entries()) {
    if (matchesAny(kinds, kind)) continue;
    yield {
      rule: 'resources.genericResources',
      at: [...at, 'reservations', 'genericResources', index, 'kind'],
      ...{ wrong: `${JSON.stringify(kind)} is not one of them`, allowed: listed(kinds) },
    };
  }
}

function amountOf(given: Resources | undefined, part: string, kind: string): Amount {
  const amounts: unknown = given === undefined ? undefined : Reflect.get(given, part);
  return typeof amounts === 'object' && amounts !== null ? Reflect.get(amounts, kind) : undefined;
}

function isMore(kind: Kind, value: number | string, most: number | string): boolean {
  const [given, allowed] = [AMOUNTS[kind](value), AMOUNTS[kind](most)];
  return (given ?? Number.POSITIVE_INFINITY) > (allowed ?? Number.POSITIVE_INFINITY);
}
