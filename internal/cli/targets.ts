import { UsageError } from './errors.ts';
import { kindOf, type ObjectKind, requireKind, singular } from './kinds.ts';

/** An object that a verb is to act on. */
export interface Target {
  kind: ObjectKind;
  name: string;
}

/** The operands of a verb: names, or a kind whose objects a selector chooses. */
export interface Targets {
  /** Of a selector. */
  kind: ObjectKind;
  named: Target[];
}

/**
 * Reads `report`, `job report`, `job/report cronjob/nightly`, and `cronjobs` alone, beside a selector.
 * A name without a kind is one of `allowed[0]`.
 * @throws UsageError for a kind that the verb does not know.
 */
export async function readTargets(
  args: readonly string[],
  allowed: readonly [ObjectKind, ...ObjectKind[]],
  selector: string | undefined,
): Promise<Targets> {
  const [first, ...rest] = args;
  const word = first === undefined ? undefined : kindOf(first);
  const leads =
    first !== undefined && word !== undefined && (rest.length > 0 || selector !== undefined);
  const kind = leads ? await requireKind(first, allowed) : allowed[0];
  const named: Target[] = [];
  for (const arg of leads ? rest : args) named.push(await readTarget(arg, kind, allowed));
  checkChoice(named, kind, selector);
  return { kind, named };
}

async function readTarget(
  arg: string,
  kind: ObjectKind,
  allowed: readonly ObjectKind[],
): Promise<Target> {
  const slash = arg.indexOf('/');
  if (slash < 0) return { kind, name: nameOf(arg, kind) };
  const own = await requireKind(arg.slice(0, slash), allowed);
  return { kind: own, name: nameOf(arg.slice(slash + 1), own) };
}

function nameOf(text: string, kind: ObjectKind): string {
  if (text !== '' && !text.includes('/')) return text;
  throw new UsageError(`"${text}" is no name of a ${singular(kind)}`);
}

function checkChoice(named: Target[], kind: ObjectKind, selector: string | undefined): void {
  if (named.length > 0 && selector !== undefined) {
    throw new UsageError('give names or a selector (-l), not both');
  }
  if (named.length === 0 && selector === undefined) {
    throw new UsageError(`give the name of a ${singular(kind)}, or a selector (-l)`);
  }
}
