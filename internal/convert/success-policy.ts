import { SUCCESS_POLICY, SUCCESS_RULE } from './fields/job.ts';
import type { Origins } from './origins.ts';
import type { Source } from './source.ts';

/** `successPolicy`: one of its rules is enough, so the least count is. */
export function convertSuccessPolicy(source: Source, origins: Origins, total: number) {
  const policy = source.object('successPolicy');
  if (policy === undefined) return {};
  policy.noteOthers(SUCCESS_POLICY);
  const counts = policy.objects('rules').flatMap((rule) => {
    const count = countOf(rule, total);
    return count === undefined ? [] : [{ count, rule }];
  });
  const least = counts.toSorted((a, b) => a.count - b.count)[0];
  if (least === undefined) return {};
  const at = [...source.path, 'successPolicy', 'succeededCount'];
  origins.set(at, least.rule.at('succeededCount'));
  return { successPolicy: { succeededCount: least.count } };
}

/** How many tasks a rule asks for; undefined when it cannot be said by a number. */
function countOf(rule: Source, total: number): number | undefined {
  rule.noteOthers(SUCCESS_RULE);
  const count = rule.integer('succeededCount');
  const indexes = rule.text('succeededIndexes');
  if (indexes === undefined) {
    if (count === undefined && rule.value('succeededCount') === undefined) {
      rule.notes.error(rule.path, 'must have "succeededIndexes" or "succeededCount"');
    }
    return count;
  }
  const size = sizeOf(indexes);
  if (size === undefined) {
    const message = 'must be indexes and ranges of them, such as "0,2-4"';
    rule.notes.error(rule.at('succeededIndexes'), message);
    return undefined;
  }
  if (size === total) return count ?? total;
  const message =
    'success is counted over all tasks, not over some: the rule is left out, and the job goes on ' +
    'until another rule is met or all its tasks have ended; a job of these indexes alone would do';
  rule.notes.dropped(rule.at('succeededIndexes'), message);
  return undefined;
}

/** How many indexes a list such as `0,2-4` has; Kubernetes asks that none is there twice. */
function sizeOf(indexes: string): number | undefined {
  let size = 0;
  for (const item of indexes.split(',')) {
    const [, from, to = from] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(item) ?? [];
    if (from === undefined || Number(to) < Number(from)) return undefined;
    size += Number(to) - Number(from) + 1;
  }
  return size;
}
