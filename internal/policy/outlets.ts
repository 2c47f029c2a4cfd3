import { quoted } from '../apis/validation/index.ts';
import { matchesAny } from './pattern.ts';
import { type Judge, listed, type Refusal } from './refusal.ts';

/** What a task says to programs beside it: by its log, and by labels that they look for. */
export const judgeOutlets: Judge = function* (rules, { spec }) {
  const { drivers } = rules.logging;
  const driver = spec.logDriver?.name;
  if (driver !== undefined && !matchesAny(drivers, driver)) {
    const wrong = `the log driver ${quoted(driver)} is not one of them`;
    yield { rule: 'logging.drivers', at: ['logDriver', 'name'], wrong, allowed: listed(drivers) };
  }
  yield* judgeLabels('serviceLabels', rules.serviceLabels.allow, spec.serviceLabels);
  yield* judgeLabels('containerLabels', rules.containerLabels.allow, spec.containerLabels);
};

function* judgeLabels(
  field: 'serviceLabels' | 'containerLabels',
  allow: readonly string[],
  labels: Record<string, string> = {},
): Generator<Refusal> {
  for (const name of Object.keys(labels)) {
    if (matchesAny(allow, name)) continue;
    const wrong = `the label ${quoted(name)} is not one of them`;
    yield { rule: `${field}.allow`, at: [field, name], wrong, allowed: listed(allow) };
  }
}
