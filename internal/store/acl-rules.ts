import { type Keys, makeKeys } from './keys.ts';

/** The keys that a user may give to each command. */
export type CommandRules = Record<string, string[]>;

/** A uid is a ULID. Of exactly its length, so that the record of a job is not all that belongs to it. */
const UID = '?'.repeat(26);

/** Commands that only read: their keys are granted for reading. */
export const READING: ReadonlySet<string> = new Set([
  ...['exists', 'get', 'mget', 'hget', 'hmget', 'hgetall', 'hexists', 'hlen', 'smembers'],
  ...['zcard', 'zinter', 'zrange', 'zrangebylex', 'xrange', 'xread'],
]);

/**
 * What the API does, command by command: the direct calls of its stores, and those within the
 * transitions that it runs. It neither reads nor writes the lease, so every transition of a controller
 * is refused to it at its first step; it writes neither attempts nor deliveries, and of results it only
 * takes away those of tasks that are to run again.
 */
export function apiRules(prefix: string): CommandRules {
  const keys = makeKeys(prefix);
  const job = keys.job(UID);
  const cron = keys.cron(UID);
  const all = indexesOf(keys);
  const log = `${prefix}log:*`;
  const bell = `${prefix}bell:*`;
  const staged = Object.values(keys.staged(UID));
  const retry = keys.stagedRetry(UID);
  const stagedRetry = Object.values(retry);
  return {
    exists: [cron.cron, job.callback, keys.meta, keys.activeJobs, keys.allJobs, ...stagedRetry],
    get: [keys.versions, keys.inventory],
    mget: [keys.cluster, keys.slots],
    hget: [
      ...[keys.meta, keys.applied, all.jobNames, all.cronNames, cron.cron],
      ...[job.job, job.tasks, job.names, job.live, job.reports, job.results, job.progress],
      ...[job.attempts, keys.adding('*')],
    ],
    hmget: [
      ...[job.job, cron.cron, keys.idempotency('*'), job.tasks, job.live, job.results],
      ...[job.stdout, job.stderr, job.progress, job.attemptOutput],
    ],
    hgetall: [
      ...[job.job, cron.cron, job.callback, keys.quarantine, keys.foreign],
      ...[keys.foreignDecisions, keys.nodeWishes, job.progress, keys.policies],
    ],
    hexists: [job.names, keys.foreign],
    hlen: [job.live, job.tasks, ...staged],
    smembers: [job.unsuccessful],
    zcard: [job.waiting, retry.waiting],
    zinter: [all.jobsIn, keys.activeJobs],
    zrange: [cron.jobs, job.waiting],
    zrangebylex: [keys.allJobs, all.jobsIn, keys.allCrons, all.cronsIn],
    xrange: [keys.watch, job.events, job.deliveries, cron.events, log],
    xread: [keys.watch, job.events, log, bell],
    // Writing.
    incr: [keys.versions],
    incrby: [keys.slots],
    hset: [
      ...[job.job, job.tasks, job.names, job.reports, job.stdout, job.stderr, job.progress],
      ...[job.callback, cron.cron, all.jobNames, all.cronNames, keys.idempotency('*')],
      ...[keys.applied, keys.foreignDecisions, keys.nodeWishes, ...staged, retry.progress],
      ...[keys.adding('*'), keys.policies],
    ],
    hsetnx: [keys.meta, job.job],
    hincrby: [job.job, job.callback, cron.cron],
    hdel: [
      ...[job.job, job.tasks, job.names, job.results, all.cronNames],
      ...[keys.quarantine, keys.policies],
    ],
    sadd: [keys.activeJobs, keys.cronsRemoved, retry.unsuccessful],
    zadd: [
      ...[keys.allJobs, all.jobsIn, keys.allCrons, all.cronsIn, cron.jobs, keys.cronsDue],
      ...[job.waiting, keys.expiry, keys.outbox, keys.logWants, retry.waiting],
    ],
    srem: [job.unsuccessful],
    zrem: [
      ...[keys.allCrons, all.cronsIn, keys.cronsDue, keys.expiry, keys.outbox, keys.logWants],
      job.waiting,
    ],
    xadd: [keys.changes, keys.watch, job.events, bell],
    del: [job.unsuccessful],
    unlink: [
      ...[cron.cron, keys.logAnswer('*'), keys.adding('*'), ...staged, ...stagedRetry],
      ...[job.progress, job.waiting, job.unsuccessful],
    ],
    rename: [
      ...[...staged, job.tasks, job.names],
      ...[...stagedRetry, job.progress, job.waiting, job.unsuccessful],
    ],
    persist: [job.tasks, job.names, job.progress, job.waiting, job.unsuccessful],
    expire: [keys.idempotency('*')],
    pexpire: [keys.logWants, log, bell, keys.adding('*'), ...staged, ...stagedRetry],
  };
}

/** What a controller does beyond the API, on any key of the store. `scan` is for migrations. */
export const CONTROLLER_COMMANDS = [
  ...['set', 'decr', 'decrby', 'scan', 'srandmember', 'type', 'zcount', 'zscore'],
  ...['zrangebyscore', 'zremrangebyscore', 'xrevrange', 'xtrim'],
] as const;

/** What backups and restores do beyond a controller, on any key of the store. */
export const OPERATOR_COMMANDS = [
  ...['hkeys', 'hscan', 'sscan', 'zscan', 'sismember', 'lrange', 'pttl', 'rpush'],
] as const;

/** What concerns no key. */
export const COMMON_COMMANDS = [
  ...['ping', 'info', 'time', 'select', 'multi', 'exec', 'discard'],
] as const;

function indexesOf(keys: Keys) {
  return {
    jobsIn: keys.jobsIn('*'),
    jobNames: keys.jobNames('*'),
    cronsIn: keys.cronsIn('*'),
    cronNames: keys.cronNames('*'),
  };
}
