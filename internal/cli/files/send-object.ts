import type { Client } from '../client.ts';
import { apiPath } from '../path.ts';
import type { Applied, Resource } from '../resources.ts';
import type { ManifestObject } from './manifest-object.ts';
import type { ObjectRef } from './prune-plan.ts';

export interface SendOptions {
  /** Nothing is changed. */
  dryRun: boolean;
  /** What cannot be changed is deleted and made anew; of a cron job everything can be changed. */
  replace?: boolean;
}

/** Makes an object be as its manifest says; one without a name is made anew each time. */
export async function applyObject(
  client: Client,
  object: ManifestObject,
  { dryRun, replace = false }: SendOptions,
): Promise<Applied> {
  if (object.name === undefined) {
    return {
      result: 'created',
      changes: [],
      object: await createObject(client, object, { dryRun }),
    };
  }
  const anew = (replace && object.kind === 'Job') || undefined;
  const query = { dryRun: dryRun ? 'All' : undefined, replace: anew };
  const path = apiPath([...collectionOf(object), object.name], query);
  return (await client.send<Applied>('PUT', path, object.value)).body;
}

/** Makes an object that is not there yet. */
export async function createObject(
  client: Client,
  object: Pick<ManifestObject, 'kind' | 'namespace' | 'value'>,
  { dryRun }: SendOptions,
): Promise<Resource> {
  const path = apiPath(collectionOf(object), { dryRun: dryRun ? 'All' : undefined });
  return (await client.send<Resource>('POST', path, object.value)).body;
}

/** Path of the objects of a kind in a namespace. */
export function collectionOf({ kind, namespace }: Omit<ObjectRef, 'name'>): string[] {
  return ['namespaces', namespace, kind === 'CronJob' ? 'cronjobs' : 'jobs'];
}
