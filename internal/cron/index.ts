export { jobName } from './job-name.ts';
export { type CronAction, type CronJobView, type CronPlan, planCron } from './plan-cron.ts';
export { nextTick } from './schedule.ts';
