/** The name of a job that may be given as `job/report`, the way `apply` prints it. */
export function jobNameOf(given: string): string {
  return given.replace(/^jobs?\//, '');
}
