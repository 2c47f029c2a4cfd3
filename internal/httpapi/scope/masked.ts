import type { CronJob, Job, JobSpec, TaskSpec } from '../../apis/index.ts';

/** Stands for a value that may be a secret. */
const MASK = '***';

/**
 * A job as who may only look is shown it: values that people and tools put secrets into are covered. Whoever may
 * submit jobs to a namespace runs what they like beside them, and needs what there is to apply it again.
 */
export function maskedJob<T extends Pick<Job, 'spec'>>(job: T): T {
  return { ...job, spec: maskedSpec(job.spec) };
}

/** The same of a cron job. */
export function maskedCronJob(cron: CronJob): CronJob {
  const { spec, tasks } = cron.spec.jobTemplate;
  const jobTemplate = {
    ...cron.spec.jobTemplate,
    ...{ spec: maskedSpec(spec), tasks: tasks.map(maskedTask) },
  };
  return { ...cron, spec: { ...cron.spec, jobTemplate } };
}

/** The same of a task. */
export function maskedTask(task: TaskSpec): TaskSpec {
  return task.env === undefined ? task : { ...task, env: covered(task.env) };
}

/** A URL without its user, password and query. */
export function maskedUrl(text: string): string {
  if (!URL.canParse(text)) return MASK;
  const url = new URL(text);
  if (url.username === '' && url.password === '' && url.search === '') return text;
  if (url.username !== '' || url.password !== '') url.username = MASK;
  url.password = '';
  if (url.search !== '') url.search = MASK;
  return url.href;
}

function maskedSpec(spec: JobSpec): JobSpec {
  const masked = { ...spec };
  const { env, callback, logDriver, mounts } = spec;
  if (env !== undefined) masked.env = covered(env);
  if (callback !== undefined) masked.callback = { ...callback, url: maskedUrl(callback.url) };
  if (logDriver?.options !== undefined) {
    masked.logDriver = { ...logDriver, options: covered(logDriver.options) };
  }
  if (mounts !== undefined) masked.mounts = mounts.map(maskedMount);
  return masked;
}

type Mount = NonNullable<JobSpec['mounts']>[number];

/** Those of a share in the network have its password. */
function maskedMount(mount: Mount): Mount {
  const driver = mount.volume?.driver;
  if (driver?.options === undefined) return mount;
  const options = covered(driver.options);
  return { ...mount, volume: { ...mount.volume, driver: { ...driver, options } } };
}

function covered(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.keys(values).map((name) => [name, MASK]));
}
