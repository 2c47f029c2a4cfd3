import { capabilityName, type JobSpec } from '../apis/index.ts';
import { quoted } from '../apis/validation/index.ts';
import { matchesAny } from './pattern.ts';
import { type Judge, listed, type Refusal } from './refusal.ts';
import type { Rules } from './rules.ts';

/** What the process of a task may do that others on its node may not. */
export const judgePrivileges: Judge = function* (rules, { spec }) {
  yield* judgeCapabilities(rules, spec);
  yield* judgeSysctls(rules, spec);
  yield* judgeUlimits(rules, spec);
  yield* judgeUser(rules, spec);
};

function* judgeCapabilities({ capabilities }: Rules, spec: JobSpec): Generator<Refusal> {
  const added = spec.capabilities?.add ?? [];
  const allowed = added.length === 0 ? [] : capabilities.add.map(capabilityName);
  for (const [index, given] of added.entries()) {
    const name = capabilityName(given);
    if (allowed.includes('ALL') || allowed.includes(name)) continue;
    const at = ['capabilities', 'add', index];
    const wrong = `the capability ${name} must not be added`;
    yield { rule: 'capabilities.add', at, wrong, allowed: listed(allowed) };
  }
  const dropped = (spec.capabilities?.drop ?? []).map(capabilityName);
  for (const name of capabilities.drop.map(capabilityName)) {
    if (dropped.includes('ALL') || dropped.includes(name)) continue;
    const wrong = 'every task must drop it';
    const allowed = `with ${name} in "drop"`;
    yield { rule: 'capabilities.drop', at: ['capabilities', 'drop'], wrong, allowed };
  }
}

function* judgeSysctls({ sysctls }: Rules, spec: JobSpec): Generator<Refusal> {
  for (const name of Object.keys(spec.sysctls ?? {})) {
    if (matchesAny(sysctls.allow, name.replaceAll('/', '.'))) continue;
    const wrong = `${quoted(name)} is not one of them`;
    const allowed = listed(sysctls.allow);
    yield { rule: 'sysctls.allow', at: ['sysctls', name], wrong, allowed };
  }
}

function* judgeUlimits({ ulimits }: Rules, spec: JobSpec): Generator<Refusal> {
  for (const [name, given] of Object.entries(spec.ulimits ?? {})) {
    const at = ['ulimits', name];
    if (!matchesAny(ulimits.allow, name)) {
      const wrong = `${quoted(name)} is not one of them`;
      yield { rule: 'ulimits.allow', at, wrong, allowed: listed(ulimits.allow) };
    }
    const most = Object.hasOwn(ulimits.max, name) ? ulimits.max[name] : undefined;
    const hard = typeof given === 'number' ? given : given.hard;
    if (most === undefined || most === -1 || (hard !== -1 && hard <= most)) continue;
    const wrong = `${hard === -1 ? 'no limit' : hard} is more than that`;
    yield { rule: 'ulimits.max', at, wrong, allowed: `at most ${most}` };
  }
}

/** A name may stand for 0 in the image's /etc/passwd: only a number is known not to. */
function* judgeUser({ user: { allowRoot } }: Rules, { user }: JobSpec): Generator<Refusal> {
  if (allowRoot || /^[1-9]\d*(:|$)/.test(user ?? '')) return;
  const wrong =
    user === undefined
      ? "the image's user may be root"
      : `${quoted(user)} is root, or may be by the image`;
  const allowed = 'a user by a number other than 0, such as "1000"';
  yield { rule: 'user.allowRoot', at: ['user'], wrong, allowed };
}
