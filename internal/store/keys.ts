/** Every key in Redis, in one place. README.md of this package says what each holds. */
export interface Keys {
  meta: string;
  lease: string;
  slots: string;
  changes: string;
  activeJobs: string;
  outbox: string;
  /** Uids of jobs whose callback was given up, and some more: the record of each says what is so now. */
  deadCallbacks: string;
  /** Uids of finished jobs by when they are to be removed. */
  expiry: string;
  /** Jobs that were set aside, and why. */
  quarantine: string;
  /** Other stores whose services were found, with their number. */
  foreign: string;
  /** What is to become of them. */
  foreignDecisions: string;
  /** Counts the changes that users can see. */
  versions: string;
  /** Those changes. */
  watch: string;
  /** Uids of all jobs. */
  allJobs: string;
  /** Uids of the jobs of a namespace. */
  jobsIn(namespace: string): string;
  /** Name of each job of a namespace, and its uid. */
  jobNames(namespace: string): string;
  /** Uids of all cron jobs. */
  allCrons: string;
  /** Uids of the cron jobs of a namespace. */
  cronsIn(namespace: string): string;
  /** Name of each cron job of a namespace, and its uid. */
  cronNames(namespace: string): string;
  /** Uids of cron jobs by when they are to be planned. */
  cronsDue: string;
  /** Uids of removed cron jobs whose jobs are still to be removed. */
  cronsRemoved: string;
  cron(uid: string): CronKeys;
  /** Tasks that were sent ahead of their job. */
  staged(uid: string): { tasks: string; names: string };
  /** Who writes tasks behind those of a job, of which they are none yet. */
  adding(uid: string): string;
  /** What claims take from those that wait while a backup reads the job. */
  taken(uid: string): string;
  /** What a retry of many tasks is prepared in. */
  stagedRetry(id: string): { progress: string; waiting: string; unsuccessful: string };
  /** Begins the keys of every job. */
  jobPrefix: string;
  /** Logs that somebody wants, by until when. */
  logWants: string;
  /** Relay of the log of a task. */
  log(uid: string, index: number): string;
  /** Answer to somebody who asked for what a task has written by now. */
  logAnswer(ask: string): string;
  /** Digest of the manifest that a directory last gave each object. */
  applied: string;
  /** What the leading controller sees of the swarm. */
  cluster: string;
  /** Names of what services may refer to. */
  inventory: string;
  /** Process of Swarmer → the policy that it holds. */
  policies: string;
  /** What is wanted of nodes, by their ids. */
  nodeWishes: string;
  idempotency(key: string): string;
  job(uid: string): JobKeys;
}

/** The keys of one cron job. */
export interface CronKeys {
  cron: string;
  /** Its jobs, by the time of their tick (Unix ms). */
  jobs: string;
  events: string;
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
  events: string;
  unsuccessful: string;
  deliveries: string;
  attempts: string;
  attemptOutput: string;
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
    deadCallbacks: `${prefix}outbox:dead`,
    expiry: `${prefix}expiry`,
    quarantine: `${prefix}quarantine`,
    foreign: `${prefix}foreign`,
    foreignDecisions: `${prefix}foreign:decisions`,
    versions: `${prefix}versions`,
    watch: `${prefix}watch`,
    allJobs: `${prefix}jobs:all`,
    jobsIn: (namespace) => `${prefix}jobs:in:${namespace}`,
    jobNames: (namespace) => `${prefix}jobs:names:${namespace}`,
    allCrons: `${prefix}crons:all`,
    cronsIn: (namespace) => `${prefix}crons:in:${namespace}`,
    cronNames: (namespace) => `${prefix}crons:names:${namespace}`,
    cronsDue: `${prefix}crons:due`,
    cronsRemoved: `${prefix}crons:removed`,
    cron: (uid) => {
      const cron = `${prefix}cron:${uid}`;
      return { cron, jobs: `${cron}:jobs`, events: `${cron}:events` };
    },
    stagedRetry: (id) => ({
      progress: `${prefix}staged:${id}:progress`,
      waiting: `${prefix}staged:${id}:waiting`,
      unsuccessful: `${prefix}staged:${id}:unsuccessful`,
    }),
    staged: (uid) => ({
      tasks: `${prefix}staged:${uid}:tasks`,
      names: `${prefix}staged:${uid}:names`,
    }),
    adding: (uid) => `${prefix}staged:${uid}:adding`,
    taken: (uid) => `${prefix}staged:${uid}:taken`,
    jobPrefix: `${prefix}job:`,
    logWants: `${prefix}logs:wanted`,
    log: (uid, index) => `${prefix}log:${uid}:${index}`,
    logAnswer: (ask) => `${prefix}log:answer:${ask}`,
    applied: `${prefix}applied`,
    cluster: `${prefix}cluster`,
    inventory: `${prefix}inventory`,
    policies: `${prefix}policies`,
    nodeWishes: `${prefix}nodes:wished`,
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
    events: `${job}:events`,
    unsuccessful: `${job}:unsuccessful`,
    deliveries: `${job}:deliveries`,
    attempts: `${job}:attempts`,
    attemptOutput: `${job}:attempt-output`,
  };
}
