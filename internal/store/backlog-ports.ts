/** What there is to do, counted. */
export interface Backlog {
  jobs: { unfinished: number; quarantined: number };
  /** Of unfinished jobs. */
  tasks: Record<'pending' | 'active' | 'succeeded' | 'failed' | 'cancelled', number>;
  callbacks: {
    outstanding: number;
    /** Ms since the end of the job whose callback has waited longest; 0 without any. */
    oldestAgeMs: number;
    /** Given up, and neither asked for again nor replaced by those of another run of their job since. */
    dead: number;
  };
}

/** Counts what there is to do. Part of what metrics may do. */
export interface BacklogReader {
  /** Costs some commands for each unfinished job and each callback, whatever the number of tasks. */
  backlog(): Promise<Backlog>;
}
