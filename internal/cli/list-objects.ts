import type { Client } from './client.ts';
import type { ObjectKind } from './kinds.ts';
import { apiPath } from './path.ts';
import type { List } from './resources.ts';

export interface ListQuery {
  kind: ObjectKind;
  /** undefined: all of them. */
  namespace: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
}

const PAGE = 500;

/** The path of a list, with what selects its objects. */
export function listPath(
  { kind, namespace, labelSelector, fieldSelector }: ListQuery,
  more: Readonly<Record<string, string | number | boolean | undefined>> = {},
): string {
  const parts = namespace === undefined ? [kind] : ['namespaces', namespace, kind];
  return apiPath(parts, { labelSelector, fieldSelector, ...more });
}

/** The pages of a list, one after the other. `pathOf` makes the path of the page that a token leads to. */
export async function* pages<T>(
  client: Client,
  pathOf: (token: string | undefined) => string,
): AsyncGenerator<List<T>, void> {
  let token: string | undefined;
  do {
    const page = await client.get<List<T>>(pathOf(token));
    yield page;
    token = page.metadata.continue;
  } while (token !== undefined && token !== '');
}

/** The pages of jobs or cron jobs. */
export function objectPages<T>(client: Client, query: ListQuery): AsyncGenerator<List<T>, void> {
  return pages<T>(client, (token) => listPath(query, { limit: PAGE, continue: token }));
}
