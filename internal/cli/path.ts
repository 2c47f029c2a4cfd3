type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** A path of the API: each part is escaped, and members of the query without a value are left out. */
export function apiPath(parts: readonly string[], query: Query = {}): string {
  const path = ['/v1', ...parts.map(encodeURIComponent)].join('/');
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Of one job: `jobPath('default', 'report', ['tasks'], { limit: 5 })`. */
export function jobPath(
  namespace: string,
  name: string,
  below: readonly string[] = [],
  query: Query = {},
): string {
  return apiPath(['namespaces', namespace, 'jobs', name, ...below], query);
}

/** Of one cron job. */
export function cronJobPath(
  namespace: string,
  name: string,
  below: readonly string[] = [],
  query: Query = {},
): string {
  return apiPath(['namespaces', namespace, 'cronjobs', name, ...below], query);
}
