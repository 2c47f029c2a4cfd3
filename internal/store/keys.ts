/** Every key in Redis, in one place. README.md of this package says what each holds. */
export interface Keys {
  meta: string;
  lease: string;
  slots: string;
  changes: string;
  activeJobs: string;
  outbox: string;
  idempotency(key: string): string;
  job(uid: string): JobKeys;
}

/** The keys of one job: a fixed number, however many tasks it has. */
export interface JobKeys {
  job: string;
  tasks: string;
  names: string;
  live: string;
  waiting: string;
  progress: string;
  reports: string;
  results: string;
  stdout: string;
  stderr: string;
  callback: string;
}

/** @param prefix separates installations that share a Redis, for example `swarmer:`. */
export function makeKeys(prefix: string): Keys {
  return {
    meta: `${prefix}meta`,
    lease: `${prefix}lease`,
    slots: `${prefix}slots`,
    changes: `${prefix}changes`,
    activeJobs: `${prefix}jobs:active`,
    outbox: `${prefix}outbox`,
    idempotency: (key) => `${prefix}idempotency:${key}`,
    job: (uid) => jobKeys(`${prefix}job:${uid}`),
  };
}

function jobKeys(job: string): JobKeys {
  return {
    job,
    tasks: `${job}:tasks`,
    names: `${job}:names`,
    live: `${job}:live`,
    waiting: `${job}:waiting`,
    progress: `${job}:progress`,
    reports: `${job}:reports`,
    results: `${job}:results`,
    stdout: `${job}:stdout`,
    stderr: `${job}:stderr`,
    callback: `${job}:callback`,
  };
}
