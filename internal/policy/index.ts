export { addressRefusal } from './addresses/refusal.ts';
export { allowsHost } from './callback.ts';
export { parsePolicy } from './file.ts';
export { below, judge, judgeOwnParts, judgeTask, type Place } from './judge.ts';
export { isCutOff, Policy, type PolicyFile, type PolicySource } from './policy.ts';
export { quotaProblems } from './quota.ts';
export type { Judged } from './refusal.ts';
export type { Rules } from './rules.ts';
