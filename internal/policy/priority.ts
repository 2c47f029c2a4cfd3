import type { Judge } from './refusal.ts';

/** Whom a job may go before. One that gives no priority has 0. */
export const judgePriority: Judge = function* ({ priority: { max } }, { spec }) {
  const { priority = 0 } = spec;
  if (priority <= max) return;
  const wrong = `the priority ${priority} is higher`;
  yield { rule: 'priority.max', at: ['priority'], wrong, allowed: `at most ${max}` };
};
