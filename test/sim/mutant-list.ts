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
    'if (service !== undefined && isOf(entry.id, service)) return;',
    '',
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
    "if (disposition.kind !== 'replace' && record.output === undefined) {",
    "if (disposition.kind !== 'replace' && record.output !== undefined) {",
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
    'const count = { attempt: record.attempt + 1, losses, failures };',
    'const count = { attempt: record.attempt, losses, failures };',
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
    "for i = 9, #KEYS do redis.call('UNLINK', KEYS[i]) end",
    "redis.call('UNLINK', KEYS[9])",
  ),
  mutant(
    'a job that is retried keeps its generation',
    lua('retry_failed'),
    "redis.call('HINCRBY', KEYS[1], 'generation', 1)",
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
];
