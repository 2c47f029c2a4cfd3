/** Limits on what a namespace has at one time. What is not given is not limited. */
export interface Quotas {
  /** Jobs that go on: not finished, and neither cancelled nor ending. */
  jobs?: number | undefined;
  /** Tasks of such jobs that are not counted yet. */
  tasks?: number | undefined;
  /** Tasks that run. */
  concurrentTasks?: number | undefined;
  /**
   * Bytes of output that the tasks of such jobs may leave: both streams at their `outputLimitBytes`, and the
   * ends of those of their earlier attempts.
   */
  outputBytes?: number | undefined;
}
