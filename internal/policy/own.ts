import { type OwnNames, referencesOf } from '../apis/index.ts';
import { quoted } from '../apis/validation/index.ts';
import { type Judged, listed, type Refusal } from './refusal.ts';
import type { Rules } from './rules.ts';

/** What of Swarmer's own stack a job may use: that which a rule names by itself, no pattern stands for it. */
export function* judgeOwn(
  { networks, secrets, configs, mounts }: Rules,
  { spec }: Judged,
  own: OwnNames,
): Generator<Refusal> {
  const rules = {
    ...{ networks: networks.allow, secrets: secrets.allow, configs: configs.allow },
    volumes: mounts.volumes,
  };
  const wanted = [
    ...Object.entries(referencesOf(spec)).flatMap(([kind, names]) =>
      names.map((name: string, i: number) => ({ kind, name, at: [kind, i] })),
    ),
    ...(spec.mounts ?? []).flatMap(({ type, source }, i) =>
      type === 'volume' && source !== undefined
        ? [{ kind: 'volumes', name: source, at: ['mounts', i, 'source'] }]
        : [],
    ),
  ];
  for (const { kind, name, at } of wanted) {
    const allow = rules[kind as keyof typeof rules];
    const isOwn =
      own[kind as keyof typeof rules].includes(name) ||
      (kind === 'volumes' && name.startsWith(`${own.stack}_`));
    if (!isOwn || allow.includes(name)) continue;
    const rule = kind === 'volumes' ? 'mounts.volumes' : `${kind}.allow`;
    const wrong = `${quoted(name)} belongs to Swarmer's own stack, which a rule must name by itself`;
    yield { rule, at, wrong, allowed: listed(allow) };
  }
}
