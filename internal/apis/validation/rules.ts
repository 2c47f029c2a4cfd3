/** Every limit on what users and tasks send. Bytes are bytes of UTF-8. */
export const LIMITS = {
  imageNameChars: 1024,
  callbackUrlChars: 2048,
  tasksPerCall: 100_000,
  taskNameChars: 128,
  /** Of a namespace or a job. */
  nameChars: 63,
  /** Of a cron job: the names of its jobs are longer by the time of their tick. */
  cronJobNameChars: 52,
  /** Jobs that are kept of a cron job. */
  historyLimit: 1000,
  argsPerTask: 1000,
  /** Linux's MAX_ARG_STRLEN is 128 KiB and counts the closing NUL. */
  argBytes: 128 * 1024 - 1,
  argsBytes: 1024 * 1024,
  /** Swarm's log takes no larger entry (swarmkit: MaxTransactionBytes), a service or its task with all around it. */
  serviceBytes: 1.5 * 1024 * 1024,
  /** From the least signed to the greatest unsigned 32-bit number: Windows has such statuses. */
  minStatus: -2_147_483_648,
  maxStatus: 4_294_967_295,
  /** Linux's PID_MAX_LIMIT, beyond which it takes no limit of processes. */
  pids: 4_194_304,
  /** Linux's greatest fs.nr_open: no process may have more files open. */
  openFiles: 2_147_483_584,
  /** As the kernel takes them: the greatest 32-bit number stands for none. */
  fileOwner: 4_294_967_294,
  /** The greatest signed 32-bit number. */
  maxCount: 2_147_483_647,
  /** About 31 years. */
  maxSeconds: 1_000_000_000,
  priority: 1000,
  failureRules: 20,
  /** Of each list of the task template: mounts, secrets, constraints and so on. */
  templateEntries: 100,
  /** Linux's PATH_MAX counts the closing NUL. */
  pathChars: 4095,
  hostChars: 63,
  /** Of a secret or a config. */
  swarmNameChars: 64,
  optionNameChars: 255,
  optionChars: 4096,
  exitCodes: 255,
  /** Problems shown of one body; the others are counted. */
  problemsShown: 100,
  /** Problems after which the rest of a body is not looked at. */
  problemsCounted: 10_000,
} as const;

/** The rules in words, each to be read after "must be". */
export const RULES = {
  imageName:
    'an image reference such as "alpine:3.20" or "registry:5000/team/app@sha256:…", ' +
    `of at most ${LIMITS.imageNameChars} characters`,
  credentialName:
    'the name of a registry credential: 1 to 63 of a-z, 0-9 and "-", a letter or digit first and last',
  callbackUrl:
    `an http:// or https:// URL of at most ${LIMITS.callbackUrlChars} characters, ` +
    'or null for no callback',
  taskName:
    `1 to ${LIMITS.taskNameChars} characters: letters a-z and A-Z, digits, ".", "_" and "-", ` +
    'a letter or digit first and last',
  task: 'an object with "task_name" and optionally "task_args"',
  taskArgs: `an array of at most ${LIMITS.argsPerTask} strings`,
  taskArgsBytes: `at most ${LIMITS.argsBytes} bytes in total`,
  taskArg: `a string of at most ${LIMITS.argBytes} bytes, without NUL or half surrogate pairs`,
  submission:
    'an object with "image_name", "callback_url" and optionally "tasks" and "completion_policy"',
  addition: 'an object with "tasks"',
  taskStatus: `an exit status: an integer from ${LIMITS.minStatus} to ${LIMITS.maxStatus}, or null`,
} as const;

/** How many tasks one call may have, to be read after "must be". */
export function taskCountRule(least: number): string {
  return `an array of ${least} to ${LIMITS.tasksPerCall} tasks`;
}
