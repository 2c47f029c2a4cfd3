import { configPath, readConfigFile } from '../config-file.ts';
import type { Context } from '../context.ts';
import { kindOf, kindWords, type ObjectKind } from '../kinds.ts';
import { listPath } from '../list-objects.ts';
import { apiPath } from '../path.ts';
import type { Cluster, List, Resource } from '../resources.ts';
import type { Wanted } from './words.ts';

/** More would not help anybody who presses Tab. */
const MOST_NAMES = 500;

/** The words that are not fixed. */
export async function lookUp(
  context: Context,
  names: NonNullable<Wanted['names']>,
  words: readonly string[],
): Promise<string[]> {
  if (names === 'resource') return [...kindWords(), 'job/', 'cronjob/'];
  if (names === 'contexts') {
    const { contexts } = await readConfigFile(configPath(context.io.env));
    return contexts.map(({ name }) => name);
  }
  if (names === 'nodes') {
    const client = await context.client();
    const { nodes } = await client.get<Cluster>(apiPath(['cluster']));
    return nodes.map(({ hostname }) => hostname);
  }
  if (names === 'cronjobs') return objectNames(context, 'cronjobs');
  return jobOrOther(context, names, words);
}

/** Names after a kind, or `kind/name`. */
async function jobOrOther(
  context: Context,
  names: 'jobs' | 'suspendable',
  words: readonly string[],
): Promise<string[]> {
  const partial = words.at(-1) ?? '';
  const slashed = partial.includes('/')
    ? kindOf(partial.slice(0, partial.indexOf('/')))
    : undefined;
  if (slashed !== undefined) {
    const found = await objectNames(context, objectKind(slashed));
    return found.map((name) => `${partial.slice(0, partial.indexOf('/'))}/${name}`);
  }
  const said = words
    .slice(1, -1)
    .map(kindOf)
    .find((kind) => kind !== undefined);
  const kind = said === 'nodes' || said === 'callbacks' ? undefined : objectKind(said ?? 'jobs');
  if (kind === undefined) return [];
  const found = await objectNames(context, kind);
  return names === 'suspendable' && said === undefined ? [...found, 'job/', 'cronjob/'] : found;
}

/** Tasks and events are those of a job. */
function objectKind(kind: string): ObjectKind {
  return kind === 'cronjobs' ? 'cronjobs' : 'jobs';
}

async function objectNames(context: Context, kind: ObjectKind): Promise<string[]> {
  const [client, namespace] = [await context.client(), await context.namespace()];
  const path = listPath({ kind, namespace }, { limit: MOST_NAMES });
  const { items } = await client.get<List<Resource>>(path);
  return items.map(({ metadata }) => metadata.name);
}
