/** A fault that is planted: each `find` occurs once in its file and is replaced. */
export interface Mutant {
  name: string;
  edits: { file: string; find: string; replace: string }[];
  /** The unit test that has to fail, where it takes more luck than 500 seeds have to notice the fault. */
  test?: { file: string; test: string };
}

const planner = (file: string) => `internal/planner/${file}.ts`;
const controller = (file: string) => `internal/controller/${file}.ts`;
const callback = (file: string) => `internal/callback/${file}.ts`;
const lua = (file: string) => `internal/store/lua/${file}.lua`;

function mutant(name: string, file: string, find: string, replace: string): Mutant {
  return { name, edits: [{ file, find, replace }] };
}

/** What the simulation must be able to notice. Most of it is a mistake that is easily made. */
export const MUTANTS: readonly Mutant[] = [
  mutant(
    'the log is read after the service was removed',
    planner('plan'),
    "actions.push({ type: 'RemoveService'",
    "actions.unshift({ type: 'RemoveService'",
  ),
  mutant(
    'a judged attempt is judged again',
    planner('plan'),
    'if (record.verdict !== undefined) return finish(snapshot, view, record.verdict);',
    '',
  ),
  mutant(
    'the fence is not checked',
    lua('include/fence'),
    "return redis.call('HGET', lease, 'token') ~= token",
    'return false',
  ),
  mutant(
    'a write does not compare the record that it was decided on',
    lua('advance'),
    "if redis.call('HGET', KEYS[2], index) ~= ARGV[3] then return { 'CONFLICT' } end",
    '',
  ),
  {
    name: 'a failed list is taken as an empty one',
    edits: [
      {
        file: controller('observer'),
        find: 'const tasks = await engine.listTasks();',
        replace: 'const tasks = await engine.listTasks().catch(() => []);',
      },
      {
        file: controller('observer'),
        find: 'const services = await engine.listServices();',
        replace: 'const services = await engine.listServices().catch(() => []);',
      },
    ],
    test: {
      file: controller('observer.test'),
      test: 'a look that fails changes nothing, and the next ones come ever later',
    },
  },
  mutant(
    'an adopted service is taken for a foreign one',
    controller('attempt-steps'),
    'const { id: serviceId } = await engine.createService(service, login?.auth);',
    `const { id: serviceId, adopted } = await engine.createService(service, login?.auth);
      if (adopted) throw new EngineError('NameConflict', 'the name is taken');`,
  ),
  mutant(
    'a task is counted before its record is compared',
    lua('settle'),
    "if redis.call('HGET', KEYS[3], index) ~= ARGV[3] then return { 'CONFLICT' } end",
    `if kind ~= 'retry' and kind ~= 'replace' then redis.call('HINCRBY', KEYS[2], kind, 1) end
if redis.call('HGET', KEYS[3], index) ~= ARGV[3] then return { 'CONFLICT' } end
if kind ~= 'retry' and kind ~= 'replace' then redis.call('HINCRBY', KEYS[2], kind, -1) end`,
  ),
  mutant(
    'a settled task keeps its slot when it is to be retried',
    lua('settle'),
    "redis.call('DECR', KEYS[7])",
    "if kind ~= 'retry' then redis.call('DECR', KEYS[7]) end",
  ),
  mutant(
    'the exit code wins over the report',
    planner('judge'),
    'return reported(view, context.spec) ?? observed(view, context)',
    'return observed(view, context) ?? reported(view, context.spec)',
  ),
  mutant(
    'a report that arrives just before the verdict is overlooked',
    lua('advance'),
    "if ARGV[5] == 'no-report' then",
    'if false then',
  ),
  mutant(
    'reports of judged attempts are taken',
    lua('report'),
    'if not live or live.attempt ~= attempt or live.verdict then',
    'if not live or live.attempt ~= attempt then',
  ),
  mutant(
    'a service is gone because a list does not have it',
    controller('observer'),
    'if (service !== undefined && isOf(entry.id, service)) {',
    "if (service !== undefined && entry.key === '') {",
  ),
  mutant(
    'the place of an attempt is free while its container runs',
    planner('gone'),
    'if (gone) return 0;',
    'return 0;',
  ),
  mutant(
    'the output is not collected',
    planner('plan'),
    'if (isRead && record.output === undefined) {',
    'if (isRead && record.output !== undefined) {',
  ),
  mutant(
    'a log is given up at its first failure',
    controller('attempt-steps'),
    'if (!this.#options.listener.logFailed(id)) throw error;',
    '',
  ),
  mutant(
    'a service that could not be removed is forgotten',
    controller('attempt-steps'),
    'if (serviceId !== undefined) return engine.removeService(serviceId);',
    'if (serviceId !== undefined) return engine.removeService(serviceId).catch(() => {});',
  ),
  mutant(
    'orphans are not collected',
    controller('orphans'),
    "await engine.removeService(id);\n    log.warn({ service: name }, 'removed a service whose",
    "log.warn({ service: name }, 'removed a service whose",
  ),
  mutant(
    'current services are collected as orphans',
    controller('orphans'),
    'for (const service of some.filter((_, i) => !current[i])) await this.#remove(service);',
    'if (current.length > 0) for (const service of some) await this.#remove(service);',
  ),
  mutant(
    'a job is finished although tasks were added meanwhile',
    lua('complete'),
    'if total == 0 or succeeded + failed ~= total then',
    'if total == 0 then',
  ),
  mutant(
    'a loss is a failure',
    planner('disposition'),
    "if (verdict.outcome === 'Lost' && losses < spec.lossLimit) {",
    "if (verdict.outcome === 'Lost' && failures < spec.backoffLimit) {",
  ),
  mutant(
    'a retried attempt keeps its number',
    planner('disposition'),
    'const count: AttemptRecord = { attempt: record.attempt + 1, losses, failures };',
    'const count: AttemptRecord = { attempt: record.attempt, losses, failures };',
  ),
  mutant(
    'a callback that failed once is given up',
    lua('record_delivery'),
    "if kind == 'retry' then",
    "if kind == 'never' then",
  ),
  mutant(
    'a repeated submission makes a second job',
    lua('submit'),
    'if known[1] then',
    'if false then',
  ),
  mutant(
    'a job that was to be removed sends its callback',
    lua('complete'),
    'if state[7] then\n',
    'if false then\n',
  ),
  mutant(
    'a removed job leaves its results behind',
    lua('expire'),
    "for i = 10, #KEYS do redis.call('UNLINK', KEYS[i]) end",
    "redis.call('UNLINK', KEYS[10])",
  ),
  mutant(
    'a job that is retried keeps its generation',
    lua('include/run_again'),
    "redis.call('HINCRBY', keys.job, 'generation', 1)",
    '',
  ),
  mutant(
    'a retry runs what succeeded once more',
    lua('settle'),
    "if kind ~= 'succeeded' then redis.call('SADD'",
    "if true then redis.call('SADD'",
  ),
  mutant(
    'an ignored failure costs the budget',
    planner('disposition'),
    'record.attempt < MAX_ATTEMPTS',
    'failures < spec.backoffLimit',
  ),
  mutant(
    'a report decides although only the exit is asked for',
    planner('judge'),
    "return hasOwnReport(view) && spec.completionPolicy !== 'exit';",
    'return hasOwnReport(view);',
  ),
  mutant(
    'more is claimed than there are slots',
    lua('claim'),
    'local limit = math.min(tonumber(ARGV[2]), free)',
    'local limit = tonumber(ARGV[2])',
  ),
  mutant(
    'a job that runs again sends its callback',
    callback('delivery'),
    'return isFinished(status.phase) && (metadata.generation ?? 1) === generation;',
    'return status.phase !== undefined || metadata.generation === generation || isFinished(status.phase);',
  ),
  mutant(
    'the lease is counted from the answer to its renewal',
    controller('elector'),
    'extend(begun + leaseMs - renewMs);',
    'extend(clock.monotonic() + leaseMs - renewMs);',
  ),
  {
    ...mutant(
      'the second look of a delivery ignores the generation',
      callback('delivery'),
      "if (typeof now !== 'object' || !isResultOf(now, entry)) return RUN_AGAIN;",
      "if (typeof now !== 'object' || !isFinished(now.status.phase)) return RUN_AGAIN;",
    ),
    test: {
      file: callback('delivery.test'),
      test: 'that came to another end while its body was read sends nothing of the first',
    },
  },
  {
    ...mutant(
      'a service is adopted by the names of its labels',
      'internal/swarm/adoption.ts',
      'if (Object.entries(labels).every(([key, value]) => found.labels[key] === value)) {',
      'if (Object.keys(labels).every((key) => key in found.labels)) {',
    ),
    test: {
      file: 'internal/swarm/adoption.test.ts',
      test: 'is not adopted from another store, though its labels have the same names',
    },
  },
  {
    ...mutant(
      'orphans are removed without a valid lease',
      controller('orphans'),
      "if (!term.mayAct()) return;\n    await engine.removeService(id);\n    log.warn({ service: name }, 'removed a service whose",
      "await engine.removeService(id);\n    log.warn({ service: name }, 'removed a service whose",
    ),
    test: {
      file: controller('orphans.test'),
      test: 'removes nothing when the lease could have run out while it asked what is current',
    },
  },
  mutant(
    'a place is free when its service is removed',
    planner('gone'),
    'if (record.removedAt === undefined) return Number.POSITIVE_INFINITY;',
    'return 0;',
  ),
  mutant(
    'the end of a container is waited for without a bound',
    planner('gone'),
    'return left === 0 && staleLook ? STALE_RETRY_MS : left;',
    'return left === 0 ? STALE_RETRY_MS : left;',
  ),
  mutant(
    'a container is left behind when its grace is over',
    planner('gone'),
    'const STUCK_AFTER_SECONDS = 60;',
    'const STUCK_AFTER_SECONDS = 0;',
  ),
  {
    ...mutant(
      'what was created without an answer is not removed by its name',
      controller('attempt-steps'),
      'if (serviceId !== undefined) return engine.removeService(serviceId);',
      'if (serviceId === undefined) return;\n    if (serviceId !== undefined) return engine.removeService(serviceId);',
    ),
    test: {
      file: controller('attempt-steps.test'),
      test: 'is removed by its id, or by its name where its creation had no answer',
    },
  },
  mutant(
    'what a list lacks is not asked for',
    controller('observer'),
    'const { removed, taskId, serviceId = serviceName(entry.id) } = entry;',
    'const { removed, taskId, serviceId = serviceName(entry.id) } = entry;\n    if (removed === undefined) return look.confirm(entry);',
  ),
  {
    ...mutant(
      'a task that a list lacks is gone although it is there',
      controller('observer'),
      'const task = taskId === undefined ? undefined : await engine.findTask(taskId);',
      'const task = taskId === undefined ? await engine.findTask(entry.key) : undefined;',
    ),
    test: {
      file: controller('observer.test'),
      test: 'is gone once the engine says that there is no task of it, and not by a list',
    },
  },
  mutant(
    'an end by the restart of its engine is believed',
    'internal/swarm/classify.ts',
    'return cutShort(task, nodes) ?? ended(task, task.exitCode ?? 0);',
    'return ended(task, task.exitCode ?? 0);',
  ),
  mutant(
    'exit 0 counts although a report is due',
    planner('judge'),
    'if (!due) return verdict;',
    'if (!due || verdict.exitStatus === 0) return verdict;',
  ),
  mutant(
    'exit 0 counts although a report was refused',
    planner('judge'),
    "const due = refused === undefined ? completionPolicy === 'report' : completionPolicy !== 'exit';",
    "const due = completionPolicy === 'report';",
  ),
  mutant(
    'a report that is refused just before a success is overlooked',
    lua('advance'),
    "if not report.refused or (verdict and verdict.outcome == 'Succeeded') then",
    'if not report.refused then',
  ),
  mutant(
    'a retry does not wait',
    lua('claim'),
    "redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', ARGV[4], 'LIMIT', 0, limit)",
    "redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', '+inf', 'LIMIT', 0, limit)",
  ),
  mutant(
    'the wait for a retry does not grow',
    planner('retry-delay'),
    'const mean = Math.min(maxMs, baseMs * 2 ** (tries - 1));',
    'const mean = tries > 0 ? Math.min(maxMs, baseMs) : 0;',
  ),
  {
    ...mutant(
      'a second loss is replaced at once',
      planner('disposition'),
      'return losses === 0\n',
      'return losses < spec.lossLimit\n',
    ),
    test: {
      file: planner('policies.test'),
      test: 'is replaced at once the first time, and waits longer and longer after that',
    },
  },
  {
    ...mutant(
      'a loss costs nothing',
      planner('disposition'),
      'const lostOnce = { ...next, losses: losses + 1 };',
      'const lostOnce = { ...next, losses: losses + (losses > 0 ? 0 : 1) };',
    ),
    test: {
      file: planner('policies.test'),
      test: 'Ignore does not save a lost task from its lossLimit',
    },
  },
  mutant(
    'parallelism is not asked for where tasks are claimed',
    lua('claim'),
    "if parallelism then limit = math.min(limit, parallelism - redis.call('HLEN', KEYS[3])) end",
    '',
  ),
  {
    ...mutant(
      'what is created after its removal by name is left there',
      planner('plan'),
      '  if (view.remains) return actions;',
      '  if (view.remains) return [];',
    ),
    test: {
      file: planner('plan-attempt.test'),
      test: 'removes a service again that came to be after its removal, however long ago that was',
    },
  },
  {
    ...mutant(
      'a job starts beside the one that had its name',
      lua('claim'),
      ' or state[8] then',
      ' then',
    ),
    test: {
      file: 'test/store/successor.test.ts',
      test: 'starts nothing before that has ended, and is woken then',
    },
  },
  {
    ...mutant(
      'tasks of a job that ends are claimed',
      lua('claim'),
      "if state[1] ~= 'Running' or state[4] or state[5] == '1' or state[7] == '1' or state[8] then return claimed end",
      "if state[1] ~= 'Running' then return claimed end",
    ),
    test: {
      file: 'test/store/successor.test.ts',
      test: 'nothing of a job is claimed once its end was asked for',
    },
  },
  mutant(
    'a time limit ends what has ended meanwhile',
    planner('judge'),
    'if (limit === undefined || staleLook || timeLeftMs(limit, now) > 0) return undefined;',
    'if (limit === undefined || (staleLook && now < 0)) return undefined;',
  ),
  mutant(
    'what no node suits keeps its slot',
    planner('unplaced'),
    'const UNPLACED_AFTER_MS = 5000;',
    'const UNPLACED_AFTER_MS = 5_000_000;',
  ),
  mutant(
    'what is taken back costs a loss',
    planner('disposition'),
    'const next: AttemptRecord = { ...count, ...since, returned: (record.returned ?? 0) + 1 };',
    'const next: AttemptRecord = { ...count, ...since, losses: count.losses + 1, returned: (record.returned ?? 0) + 1 };',
  ),
  mutant(
    'what a node cannot start is the fault of the job',
    'internal/swarm/classify.ts',
    "return lost(task, 'NodeFault', message);",
    "return { kind: 'rejected', message, trace: trace(task) };",
  ),
  mutant(
    'what earlier attempts came to is forgotten',
    planner('disposition'),
    'const next = before === undefined ? disposition.next : { ...disposition.next, last: before };',
    'const next = before === undefined ? disposition.next : { ...disposition.next };',
  ),
  {
    ...mutant(
      'the task that an earlier leader judged is not asked for',
      controller('reconciler'),
      'tracker.noteSeen(id, record);',
      '',
    ),
    test: {
      file: controller('reconciler.test'),
      test: 'knows the task of an attempt that an earlier leader has judged, before any look shows it',
    },
  },
  {
    ...mutant(
      'a task that lists hid is gone with its service',
      controller('observer'),
      'if (enforced || isHidden || isUnseen) return graceMs + UNSEEN_END_MS;',
      'if (enforced || isUnseen) return graceMs + UNSEEN_END_MS;',
    ),
    test: {
      file: controller('observer.test'),
      test: 'may run for its grace when its task was hidden while its service was there',
    },
  },
  {
    ...mutant(
      'what only an earlier leader saw run is gone with its service',
      controller('observer'),
      'const isUnseen = hasRun === true && taskId === undefined;',
      'const isUnseen = false;',
    ),
    test: {
      file: controller('observer.test'),
      test: 'may run for its grace when an earlier leader saw it run, and no look of this one has its task',
    },
  },
  {
    ...mutant(
      'who asked for the nodes is not woken',
      controller('observer'),
      'for (const tell of this.#onNodes.splice(0)) tell();',
      'this.#onNodes = [];',
    ),
    test: {
      file: controller('observer.test'),
      test: 'are told to who asked for them once they are in the last look',
    },
  },
  mutant(
    'the clock of a deadline goes on while its job is suspended',
    'internal/apis/deadline.ts',
    'const used = Math.max(0, (suspendedAt ?? now) - startTime - suspendedMs);',
    'const used = Math.max(0, (suspendedAt ?? now) - startTime - Math.min(0, suspendedMs));',
  ),
  mutant(
    'what a lost node may have run runs again although it must not',
    planner('judge'),
    "if (spec.onNodeLost !== 'fail' || !byNode) return",
    "if (spec.onNodeLost !== 'fail' || byNode) return",
  ),
  mutant(
    'what went with its swarm is told as removed by hand',
    controller('reconciler'),
    "const swarmReplaced = evidence.kind === 'absent' && swarm.isOfEarlier(record.claimedAt);",
    "const swarmReplaced = evidence.kind === 'unseen' && swarm.isOfEarlier(record.claimedAt);",
  ),
  mutant(
    'a container is left behind without a word',
    controller('attempt-steps'),
    'if (action.stuck !== undefined) {',
    "if (action.stuck === '') {",
  ),
  {
    name: 'what was settled while its job was read is looked for ever after',
    edits: [
      {
        file: controller('reconciler'),
        find: 'tracker.keepOnly(uid, attempts);',
        replace: '',
      },
      { file: controller('tracker'), find: 'this.keepOnly(jobUid, []);', replace: '' },
    ],
  },
  mutant(
    'the log of what is stopped is taken for all that it wrote',
    planner('disposition'),
    "if (source === 'controller') return STOPPED;",
    '',
  ),
  mutant(
    'a log whose first lines were rotated away is told as complete',
    'internal/swarm/log-driver.ts',
    'if (bytes < (files - 1) * fileBytes) return undefined;',
    'if (bytes < files * fileBytes) return undefined;',
  ),
];
