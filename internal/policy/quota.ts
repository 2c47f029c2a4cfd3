import type { Problem } from '../apis/validation/index.ts';
import { refusalText } from './refusal.ts';

const WHAT: Readonly<Record<string, string>> = {
  jobs: 'jobs that go on',
  tasks: 'tasks of such jobs',
  outputBytes: 'bytes that such jobs may leave',
};

/**
 * What the store tells of limits that would be exceeded.
 * @param details the namespace, then name, used, asked and limit of each.
 */
export function quotaProblems([namespace = '', ...details]: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  for (let i = 0; i + 3 < details.length; i += 4) {
    const [name = '', used, asked, limit] = details.slice(i, i + 4);
    const wrong = `it has ${used} ${WHAT[name] ?? name}, and ${asked} more are too many`;
    const refusal = { rule: `quotas.${name}`, wrong, allowed: `at most ${limit}` };
    problems.push({ path: 'body', message: refusalText(refusal, namespace) });
  }
  return problems;
}
