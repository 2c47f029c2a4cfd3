/** A task in the body of the callback and of `GET /status`. */
export interface TaskResultBody {
  name: string;
  status: number | null;
  args: string[];
  result: {
    stdout: string | null;
    stderr: string | null;
    stdout_bytes: number | null;
    stderr_bytes: number | null;
    truncated: boolean;
    log: string;
    log_reason?: string;
  };
  reason?: string;
  message?: string;
  attempts: number;
  started_at: string | null;
  finished_at: string | null;
}

/** The body, as a receiver of callbacks reads it. */
export interface ResultBody {
  __image: string;
  __callback_url: string | null;
  tasks: TaskResultBody[];
  __job_id: string;
  __phase: string;
}
