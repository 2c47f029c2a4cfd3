import {
  type JobSpec,
  missingReference,
  NODE_NETWORKS,
  REFERENCE_KINDS,
  referencesOf,
  type SwarmInventory,
} from '../apis/index.ts';
import type { Problem } from '../apis/validation/index.ts';
import { pathText } from '../apis/validation/index.ts';
import { judgeOwnParts, type Place } from '../policy/index.ts';
import { forbidden } from './admission.ts';
import type { ApiOptions } from './options.ts';
import { invalidBody } from './problem.ts';

/** Age of a look in ms from which it says nothing: there is no controller, or it sees no swarm. */
const FRESH_MS = 25_000;
/** How long a refusal may wait for a look that began after the request, in ms. */
const WAIT_MS = 6000;
const POLL_MS = 100;

/** A name that a job refers to, with where it stands in the body. */
interface Wanted {
  kind: (typeof REFERENCE_KINDS)[number] | 'registryCredential';
  name: string;
  path: string;
}

/**
 * Refuses a job whose networks, secrets or configs the swarm does not have, or that asks for a registry
 * credential which its namespace does not have: each of its attempts would be refused later. What is missing
 * must be missing in a look that began after the request came, and is asked for: it may have been made just
 * before. Where there is no such look, or no controller, nothing is refused.
 *
 * @param place where the fields of the spec stand in the body.
 * @throws ApiProblem 400 with every name that is missing; 403 with those that are of Swarmer's own stack.
 */
export async function preflight(
  { operator, clock, policy }: Pick<ApiOptions, 'operator' | 'clock' | 'policy'>,
  namespace: string,
  spec: JobSpec,
  place: Place,
): Promise<void> {
  const wanted = wantedBy(spec, place);
  if (wanted.length === 0 && !spec.mounts?.some(({ type }) => type === 'volume')) return;
  const { inventory, now: asked } = await operator.inventory();
  if (inventory?.own !== undefined) {
    const refused = judgeOwnParts(policy, namespace, { spec, own: inventory.own }, place);
    if (refused !== undefined) throw forbidden(refused);
  }
  if (inventory === undefined || asked - inventory.takenAt > FRESH_MS) return;
  if (missingIn(inventory, namespace, wanted).length === 0) return;
  await operator.askInventory();
  const until = clock.monotonic() + WAIT_MS;
  while (clock.monotonic() < until) {
    const { inventory: later } = await operator.inventory();
    if (later !== undefined && later.takenAt > asked)
      return refuse(missingIn(later, namespace, wanted));
    await clock.sleep(POLL_MS);
  }
}

function wantedBy(spec: JobSpec, place: Place): Wanted[] {
  const references = referencesOf(spec);
  const wanted: Wanted[] = REFERENCE_KINDS.flatMap((kind) =>
    references[kind].map((name, i) => ({ kind, name, path: pathText(place([kind, i])) })),
  );
  const { registryCredential: name } = spec;
  if (name !== undefined) {
    const path = pathText(place(['registryCredential']));
    wanted.push({ kind: 'registryCredential', name, path });
  }
  return wanted.filter(({ kind, name }) => kind !== 'networks' || !NODE_NETWORKS.has(name));
}

function missingIn(
  { names, registryCredentials }: SwarmInventory,
  namespace: string,
  wanted: readonly Wanted[],
): Wanted[] {
  const own = registryCredentials
    ?.filter(({ namespaces }) => namespaces?.includes(namespace) ?? true)
    .map(({ name }) => name);
  return wanted.filter(({ kind, name }) => {
    const known = kind === 'registryCredential' ? own : names[kind];
    return known?.includes(name) === false;
  });
}

function refuse(missing: readonly Wanted[]): void {
  if (missing.length === 0) return;
  const problems = missing.map(
    ({ kind, name, path }): Problem => ({ path, message: wordsFor(kind, name) }),
  );
  throw invalidBody({ ok: false, problems, more: 0 });
}

/** A credential that another namespace has is told as one that does not exist. */
function wordsFor(kind: Wanted['kind'], name: string): string {
  return kind === 'registryCredential'
    ? `there is no registry credential "${name}" for this namespace: ask the operator`
    : missingReference(kind, name);
}
