/** The YAML (a subset of it: JSON) of a job. */
export function jobFile(name: string, spec: object, metadata: object = {}): string {
  return manifest('Job', { name, ...metadata }, spec);
}

/** The same of a cron job. */
export function cronJobFile(name: string, spec: object, metadata: object = {}): string {
  return manifest('CronJob', { name, ...metadata }, spec);
}

/** One member per line, so that places in it tell something. */
function manifest(kind: string, metadata: object, spec: object): string {
  return `${JSON.stringify({ apiVersion: 'swarmer/v1', kind, metadata, spec }, null, 2)}\n`;
}
