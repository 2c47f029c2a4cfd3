/** What a series does for a while: it keeps a value, grows by so much at each sample, or is not there. */
export type Value = number | `+${number}` | 'gone';
export type World = Record<string, Value>;

export interface Situation {
  name: string;
  /** What is other than in {@link HEALTHY} while it lasts. */
  world: World;
  /** How long it lasts; before and after it all is well. */
  minutes: number;
  /** What is other from some minute of it on. */
  later?: { minute: number; world: World };
  /** How long all is well before; 10 when absent. */
  before?: number;
  /** When, in minutes since its beginning, exactly these alerts fire. No other ever does. */
  at?: number[];
  /** Alerts with their summaries. */
  fires: Record<string, string>;
}

/** A value for each of these instances. */
function each(series: string, instances: string[], value: Value, labels = ''): World {
  const named = (instance: string) => `${series}{job="swarmer",instance="${instance}"${labels}}`;
  return Object.fromEntries(instances.map((instance) => [named(instance), value]));
}

const APIS = ['api-1', 'api-2'];
const CONTROLLERS = ['controller-1', 'controller-2'];
const ALL = [...APIS, ...CONTROLLERS];
const LEADER = ['controller-1'];

const leads = (...[first, second]: [Value, Value]): World => ({
  ...each('swarmer_leader', ['controller-1'], first),
  ...each('swarmer_leader', ['controller-2'], second),
});
const requests = (route: string, status: number, value: Value) =>
  each('swarmer_http_requests_total', APIS, value, `,route="${route}",status="${status}"`);
const attempts = (outcome: string, value: Value) =>
  each('swarmer_attempts_total', LEADER, value, `,outcome="${outcome}"`);
const reconciles = (outcome: string, value: Value) =>
  each('swarmer_reconcile_duration_seconds_count', LEADER, value, `,outcome="${outcome}"`);
const engineErrors = (call: string, value: Value) =>
  each('swarmer_engine_errors_total', LEADER, value, `,call="${call}",code="Unavailable"`);
const redisErrors = (command: string, value: Value, of = CONTROLLERS) =>
  each('swarmer_redis_errors_total', of, value, `,command="${command}"`);
function policyProblems(instances: string[], value: Value): World {
  return each('swarmer_configuration_problems', instances, value, ',file="policy"');
}
const memory = (used: number) => each('swarmer_redis_memory_bytes', ALL, used, ',kind="used"');

/** What the leader shows of tasks. */
function tasks(
  counts: Partial<Record<'runnable' | 'unplaced' | 'starting' | 'running', Value>>,
): World {
  const none = { runnable: 0, unplaced: 0, starting: 0, running: 0, ending: 0 };
  const worlds = Object.entries({ ...none, ...counts }).map(([state, value]) =>
    each('swarmer_live_tasks', LEADER, value, `,state="${state}"`),
  );
  return Object.assign({}, ...worlds);
}

/** Attempts that were started and have ended: within a minute from their claim, and in all. */
function starts(quick: Value, all = quick): World {
  const bucket = (le: string, value: Value) =>
    each('swarmer_start_latency_seconds_bucket', LEADER, value, `,le="${le}"`);
  return {
    ...{ ...bucket('60', quick), ...bucket('1800', all), ...bucket('+Inf', all) },
    ...each('swarmer_start_latency_seconds_count', LEADER, all),
  };
}

/** What only a leader shows. */
const ofTheLeader = (value: 'gone'): World => ({
  ...tasks({ runnable: value, unplaced: value, starting: value, running: value }),
  ...each('swarmer_slots_held_seconds', LEADER, value),
  ...each('swarmer_callbacks_dead', LEADER, value),
  ...each('swarmer_callback_oldest_age_seconds', LEADER, value),
  ...each('swarmer_jobs', LEADER, value, ',state="quarantined"'),
});

/** Nothing is to be done. */
const IDLE: World = {
  ...{ ...attempts('Succeeded', 0), ...attempts('Failed', 0), ...starts(0), ...tasks({}) },
  ...reconciles('ok', 0),
};

/** Two APIs and two controllers, with some work. */
export const HEALTHY: World = {
  ...each('up', ALL, 1),
  ...each('swarmer_build_info', APIS, 1, ',role="api"'),
  ...each('swarmer_build_info', CONTROLLERS, 1, ',role="controller"'),
  ...leads(1, 0),
  ...each('swarmer_redis_up', ALL, 1),
  ...each('swarmer_engine_up', LEADER, 1),
  ...redisErrors('read', 0, ALL),
  ...redisErrors('acquire_lease', 'gone'),
  ...{ ...memory(100), ...each('swarmer_redis_memory_bytes', ALL, 1000, ',kind="max"') },
  ...{ ...engineErrors('listTasks', 0), ...engineErrors('listNodes', 0) },
  ...engineErrors('info', 0),
  ...each('swarmer_workqueue_depth', CONTROLLERS, 0),
  ...{ ...policyProblems(ALL, 0), ...each('swarmer_policies', ALL, 1) },
  ...{ ...reconciles('ok', '+10'), ...reconciles('error', 0), ...reconciles('unavailable', 0) },
  ...tasks({ runnable: 5, starting: 1, running: 11 }),
  ...each('swarmer_slots_held_seconds', LEADER, 0),
  ...{ ...attempts('Succeeded', '+5'), ...attempts('Failed', '+1'), ...attempts('Lost', 0) },
  ...{ ...attempts('Rejected', 0), ...attempts('TimedOut', 0), ...starts('+6') },
  ...each('swarmer_jobs', LEADER, 0, ',state="quarantined"'),
  ...each('swarmer_callback_oldest_age_seconds', LEADER, 2),
  ...each('swarmer_callbacks_dead', LEADER, 0),
  ...{ ...requests('/submit', 201, '+10'), ...requests('/submit', 503, 0) },
  ...{ ...requests('/submit', 500, 0), ...requests('/readyz', 503, 0) },
  ...requests('/readyz', 200, '+3'),
};

/** Everything that an instance shows. */
const of = (instances: string[], value: 'gone') =>
  Object.fromEntries(
    Object.keys(HEALTHY)
      .filter((series) => instances.some((it) => series.includes(`instance="${it}"`)))
      .map((series): [string, Value] => [series, series.startsWith('up{') ? 0 : value]),
  );

const REDIS_AWAY: World = {
  ...{ ...each('swarmer_redis_up', ALL, 0), ...redisErrors('read', '+60', ALL) },
  ...{ ...leads(0, 0), ...ofTheLeader('gone'), ...reconciles('ok', 0) },
  ...{ ...reconciles('unavailable', '+20'), ...each('swarmer_engine_up', LEADER, 'gone') },
  ...{ ...requests('/submit', 201, 0), ...requests('/submit', 503, '+10') },
  ...{ ...requests('/readyz', 503, '+3'), ...requests('/readyz', 200, 0) },
};

const ENGINE_AWAY: World = {
  ...each('swarmer_engine_up', LEADER, 0),
  ...{ ...engineErrors('listTasks', '+6'), ...engineErrors('listNodes', '+6') },
  ...{ ...engineErrors('info', '+3'), ...engineErrors('createService', '+10') },
  ...{ ...requests('/readyz', 503, '+3'), ...requests('/readyz', 200, 0) },
  ...{ ...tasks({ runnable: 20, starting: 12 }), ...starts(0), ...reconciles('error', '+10') },
  ...{ ...attempts('Succeeded', 0), ...attempts('Failed', 0) },
  ...each('swarmer_slots_held_seconds', LEADER, '+30'),
};

const ENGINE = 'The Docker Engine of the controller does not answer, or can do nothing';
const NO_REDIS = 'Processes of Swarmer without a connection to Redis: ';

export const SITUATIONS: Situation[] = [
  { name: 'all is well', world: {}, minutes: 60, fires: {} },
  { name: 'nothing is to be done for hours', world: IDLE, minutes: 90, fires: {} },
  {
    name: 'Redis is away: the API answers 503, nobody leads, nothing is reconciled',
    ...{ world: REDIS_AWAY, minutes: 45, at: [2, 20, 44] },
    fires: { SwarmerRedisAway: `${NO_REDIS}4` },
  },
  {
    name: 'one API does not reach Redis',
    world: {
      ...{ ...each('swarmer_redis_up', ['api-1'], 0), ...redisErrors('read', '+60', ['api-1']) },
      ...{ ...requests('/submit', 503, '+5'), ...requests('/submit', 201, '+5') },
    },
    ...{ minutes: 30, at: [2, 29] },
    fires: { SwarmerRedisAway: `${NO_REDIS}1` },
  },
  { name: 'Redis is started again', world: REDIS_AWAY, minutes: 0.5, fires: {} },
  {
    name: 'Redis refuses writes: no controller can have the lease',
    world: {
      ...{ ...leads(0, 0), ...ofTheLeader('gone'), ...redisErrors('acquire_lease', '+60') },
      ...{ ...requests('/submit', 503, '+10'), ...requests('/submit', 201, 0) },
    },
    ...{ minutes: 40, at: [6, 39] },
    fires: { SwarmerRedisErrors: 'Redis does not answer, or refuses, some commands' },
  },
  {
    name: 'Redis is nearly full',
    ...{ world: memory(800), minutes: 30, at: [6, 29] },
    fires: { SwarmerRedisNearlyFull: 'Redis uses 80% of its memory' },
  },
  {
    name: 'Redis is full: the API refuses new jobs, and Redis some commands',
    world: {
      ...{ ...memory(980), ...redisErrors('submit', '+30', APIS) },
      ...{ ...requests('/submit', 503, '+10'), ...requests('/submit', 201, 0) },
    },
    ...{ minutes: 40, at: [2, 39] },
    fires: { SwarmerRedisFull: 'No new jobs are taken: Redis uses 98% of its memory' },
  },
  {
    name: 'the engine is away: calls fail, tasks do not start, slots are held, probes answer 503',
    ...{ world: ENGINE_AWAY, minutes: 90, at: [2, 30, 89] },
    fires: { SwarmerEngineAway: ENGINE },
  },
  {
    name: 'the engine is away as the controllers start: none can lead',
    world: { ...ENGINE_AWAY, ...leads('gone', 'gone'), ...ofTheLeader('gone') },
    ...{ minutes: 40, at: [2, 39] },
    fires: { SwarmerEngineAway: ENGINE },
  },
  { name: 'the engine is started again', world: ENGINE_AWAY, minutes: 0.5, fires: {} },
  {
    name: 'the engine of a controller that does not lead is away',
    world: each('swarmer_engine_up', ['controller-2'], 0),
    ...{ minutes: 30, fires: {} },
  },
  {
    name: 'the engine fails some calls',
    ...{ world: engineErrors('listNodes', '+2'), minutes: 40, at: [12, 39] },
    fires: { SwarmerEngineErrors: 'The Docker Engine fails some calls' },
  },
  {
    name: 'all processes are gone',
    ...{ world: of(ALL, 'gone'), minutes: 30, at: [3, 29] },
    fires: { SwarmerDown: 'No process of Swarmer answers Prometheus' },
  },
  {
    name: 'Prometheus finds no process any more',
    world: { ...of(ALL, 'gone'), ...each('up', ALL, 'gone') },
    ...{ minutes: 30, at: [3, 29] },
    fires: { SwarmerDown: 'No process of Swarmer answers Prometheus' },
  },
  {
    name: 'all APIs are gone',
    ...{ world: of(APIS, 'gone'), minutes: 30, at: [3, 29] },
    fires: { SwarmerNoApi: 'No API of Swarmer answers' },
  },
  {
    name: 'one of two APIs is gone',
    ...{ world: of(['api-2'], 'gone'), minutes: 30, at: [6, 29] },
    fires: { SwarmerProcessDown: 'Processes of Swarmer that do not answer Prometheus: 1' },
  },
  {
    name: 'all controllers are gone',
    ...{ world: of(CONTROLLERS, 'gone'), minutes: 30, at: [3, 29] },
    fires: { SwarmerNoLeader: 'No controller of Swarmer leads' },
  },
  {
    name: 'controllers run, and none leads',
    world: { ...leads(0, 0), ...ofTheLeader('gone') },
    ...{ minutes: 30, at: [3, 29] },
    fires: { SwarmerNoLeader: 'No controller of Swarmer leads' },
  },
  {
    name: 'the controllers change place',
    world: { ...leads(0, 0), ...ofTheLeader('gone') },
    ...{ minutes: 0.5, fires: {} },
  },
  {
    name: 'the control loop hangs',
    world: {
      ...{ ...each('swarmer_workqueue_depth', LEADER, 5), ...reconciles('ok', 0), ...starts(0) },
      ...{ ...tasks({ runnable: 20 }), ...attempts('Succeeded', 0), ...attempts('Failed', 0) },
    },
    ...{ minutes: 50, at: [11, 49] },
    fires: { SwarmerQueueNotMoving: 'Jobs wait to be reconciled, and none is' },
  },
  {
    name: 'reconciles fail while all that Swarmer needs answers',
    ...{ world: reconciles('error', '+5'), minutes: 40, at: [20, 39] },
    fires: { SwarmerReconcilesFail: 'Reconciles of jobs fail' },
  },
  {
    name: 'the API has errors of its own',
    world: { ...requests('/submit', 500, '+5'), ...requests('/submit', 201, '+5') },
    ...{ minutes: 30, at: [8, 29] },
    fires: { SwarmerApiFails: 'The API fails 50% of requests' },
  },
  {
    name: 'only probes fail, of a server that still counts them',
    world: { ...requests('/readyz', 503, '+3'), ...requests('/readyz', 200, 0) },
    ...{ minutes: 40, fires: {} },
  },
  {
    name: 'all slots are held by tasks that never start',
    world: {
      ...{ ...tasks({ runnable: 30, starting: 12 }), ...starts(0) },
      ...{ ...attempts('Succeeded', 0), ...attempts('Failed', 0) },
      ...each('swarmer_slots_held_seconds', LEADER, '+30'),
    },
    ...{ minutes: 90, at: [16] },
    fires: {
      SwarmerSlotsHeld:
        'Half of the slots or more have been held for 16m 30s by tasks that do not start',
    },
  },
  {
    name: 'most slots are held by tasks that never start, while the others work',
    world: {
      ...tasks({ runnable: 30, starting: 8, running: 4 }),
      ...each('swarmer_slots_held_seconds', LEADER, '+30'),
    },
    ...{ minutes: 60, at: [16] },
    fires: {
      SwarmerSlotsHeld:
        'Half of the slots or more have been held for 16m 30s by tasks that do not start',
    },
  },
  {
    name: 'no node suits what is to run',
    world: { ...IDLE, ...tasks({ unplaced: 2 }) },
    ...{ minutes: 60, at: [42, 59] },
    fires: {
      SwarmerTasksNotStarting: 'Tasks wait, 2 of them, and none has run for half an hour',
    },
  },
  {
    name: 'all jobs are suspended, or wait for a late retry',
    world: { ...IDLE, ...each('swarmer_tasks', LEADER, 500, ',phase="pending"') },
    ...{ minutes: 90, fires: {} },
  },
  {
    name: 'tasks run for hours, and others wait for their slots',
    world: { ...IDLE, ...tasks({ runnable: 500, running: 12 }) },
    ...{ minutes: 90, fires: {} },
  },
  {
    name: 'tasks are so short that no look shows one that runs',
    ...{ world: tasks({ runnable: 30, starting: 12 }), minutes: 90, fires: {} },
  },
  {
    name: 'tasks take minutes to start',
    ...{ world: starts('+1', '+6'), minutes: 60, at: [40, 59] },
    fires: { SwarmerStartsSlow: 'Tasks take over two minutes to start' },
  },
  {
    name: 'every attempt fails for more than an hour',
    world: { ...attempts('Succeeded', 0), ...attempts('Failed', '+1') },
    ...{ before: 70, minutes: 90, at: [65, 89] },
    fires: { SwarmerAttemptsFail: 'All of 120 attempts within an hour have failed' },
  },
  {
    name: 'every attempt is rejected for more than an hour, some times an hour only',
    world: { ...IDLE, ...attempts('Rejected', '+0.1') },
    ...{ before: 70, minutes: 90, at: [65, 89] },
    fires: { SwarmerAttemptsFail: 'All of 12 attempts within an hour have failed' },
  },
  {
    name: 'every attempt fails for 20 minutes',
    world: { ...attempts('Succeeded', 0), ...attempts('Failed', '+6') },
    ...{ before: 70, minutes: 20, fires: {} },
  },
  {
    name: 'some of many attempts succeed',
    world: { ...attempts('Succeeded', '+0.1'), ...attempts('Failed', '+6') },
    ...{ before: 70, minutes: 120, fires: {} },
  },
  {
    name: 'a node with many tasks is lost',
    ...{ world: attempts('Lost', '+12'), minutes: 0.5, at: [1, 9] },
    fires: { SwarmerLostAttempts: '12 attempts were lost within 10 minutes' },
  },
  {
    name: 'a job is set aside',
    world: each('swarmer_jobs', LEADER, 1, ',state="quarantined"'),
    ...{ minutes: 60, at: [1, 59] },
    fires: {
      SwarmerJobsSetAside: 'Jobs that were set aside, as their records cannot be read: 1',
    },
  },
  {
    name: 'a receiver does not take its callback',
    world: each('swarmer_callback_oldest_age_seconds', LEADER, '+30'),
    ...{ minutes: 120, at: [75, 119] },
    fires: { SwarmerCallbacksStuck: 'A callback has not been taken for over an hour' },
  },
  {
    name: 'callbacks were given up, and nobody asks for them again',
    ...{ world: each('swarmer_callbacks_dead', LEADER, 3), minutes: 120, at: [1, 60, 119] },
    fires: { SwarmerDeadLetters: 'Callbacks that were given up: 3' },
  },
  {
    name: 'callbacks were given up, and for some seconds nobody leads',
    world: each('swarmer_callbacks_dead', LEADER, 3),
    later: { minute: 59.5, world: { ...leads(0, 0), ...ofTheLeader('gone') } },
    ...{ minutes: 60, at: [1, 59.5] },
    fires: { SwarmerDeadLetters: 'Callbacks that were given up: 3' },
  },
  {
    name: 'a policy file is faulty',
    ...{ world: policyProblems(['api-2'], 1), minutes: 60, at: [2, 59] },
    fires: { SwarmerFileFaulty: 'Files of the operator that are faulty: 1' },
  },
  {
    name: 'the processes hold different policies',
    ...{ world: each('swarmer_policies', ALL, 2), minutes: 60, at: [3, 59] },
    fires: { SwarmerPoliciesDiffer: 'Processes of Swarmer hold different policies' },
  },
  {
    name: 'a new policy comes to one process after the other',
    ...{ world: each('swarmer_policies', ALL, 2), minutes: 1, fires: {} },
  },
];
