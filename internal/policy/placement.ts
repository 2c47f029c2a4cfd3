import type { Path } from '../apis/validation/index.ts';
import { quoted } from '../apis/validation/index.ts';
import { matchesAny } from './pattern.ts';
import { type Judge, listed } from './refusal.ts';

/** One key, one operator, one value: swarm compares all of them without regard to case. */
const CONSTRAINT = /^\s*([^\s!=]+)\s*([!=]=)\s*(.*?)\s*$/s;

/**
 * Where a task may run. Only what asks for managers in so many words is refused: on a swarm of one
 * node the manager is all there is.
 */
export const judgePlacement: Judge = function* ({ placement: rules }, { spec }) {
  for (const [index, constraint] of (spec.placement?.constraints ?? []).entries()) {
    const at: Path = ['placement', 'constraints', index];
    const [, key = '', operator = '', value = ''] = CONSTRAINT.exec(constraint.toLowerCase()) ?? [];
    if (!matchesAny(rules.constraints, key)) {
      const wrong = `constraints by ${quoted(key)} are not among them`;
      yield { rule: 'placement.constraints', at, wrong, allowed: listed(rules.constraints) };
    }
    if (rules.managers || key !== 'node.role') continue;
    if ((operator === '==') !== (value === 'manager')) continue;
    const wrong = `${quoted(constraint)} asks for a manager node`;
    yield { rule: 'placement.managers', at, wrong, allowed: 'other nodes' };
  }
};
