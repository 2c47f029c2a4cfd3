import type { Client } from '../client.ts';
import { listPath } from '../list-objects.ts';
import type { Change, List, Resource } from '../resources.ts';
import type { Place } from './each-target.ts';

/** Resolves once the object with this uid is there no more; another of its name does not count. */
export async function untilGone(client: Client, place: Place, uid: string): Promise<void> {
  const { kind, namespace, name } = place;
  const query = { kind, namespace, fieldSelector: `metadata.name=${name}` };
  const { items, metadata } = await client.get<List<Resource>>(listPath(query));
  if (!items.some((item) => item.metadata.uid === uid)) return;
  const { resourceVersion } = metadata;
  const path = listPath(query, { watch: true, resourceVersion });
  for await (const { event, data } of client.events(path)) {
    if (event !== 'DELETED') continue;
    const { object } = JSON.parse(data) as Change<Resource>;
    if (object.metadata.uid === uid) return;
  }
}
