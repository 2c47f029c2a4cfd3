/** What of a job's status its deadline is counted by. In Unix ms, and ms. */
interface DeadlineClock {
  startTime?: number | undefined;
  suspendedAt?: number | undefined;
  suspendedMs?: number | undefined;
}

/**
 * Ms until a deadline of so many seconds, 0 when it is over; undefined while the job was not taken up.
 * While the job is suspended the clock stands: it shows the same whatever `now` is.
 */
export function msToDeadline(
  seconds: number,
  { startTime, suspendedAt, suspendedMs = 0 }: DeadlineClock,
  now: number,
): number | undefined {
  if (startTime === undefined) return undefined;
  // The times may be of different machines: none of their clocks can have made it use less than nothing.
  const used = Math.max(0, (suspendedAt ?? now) - startTime - suspendedMs);
  return Math.max(0, seconds * 1000 - used);
}
