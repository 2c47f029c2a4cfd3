const MINUTE_MS = 60_000;

/**
 * The name of the job of a tick: the same tick always gives the same name, so that it cannot be made
 * twice. At most 61 of 63 characters, as the name of a cron job has at most 52, until the year 2160.
 * @param tick Unix ms, a whole minute.
 */
export function jobName(cronName: string, tick: number): string {
  return `${cronName}-${Math.floor(tick / MINUTE_MS)}`;
}
