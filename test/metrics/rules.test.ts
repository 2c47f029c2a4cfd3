import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import { run } from '../lab/spawn.ts';
import { alertRules, RULES_FILE } from './manifests.ts';
import { HEALTHY, SITUATIONS, type Situation, type Value } from './situations.ts';

const dir = mkdtempSync(join(injectLab().dir, 'rules-'));
const RULES = alertRules();

/** Samples, and looks at the rules, a minute. */
const PER_MINUTE = 2;
const BEFORE_MINUTES = 10;
/** Long enough for whatever an outage leaves behind in the windows of rates. */
const AFTER_MINUTES = 25;

/** A series in promtool's notation, of parts of which each goes on where the last one ended. */
function notation(series: string, parts: { value: Value; minutes: number }[]): string {
  const isCounter = /_(total|count|bucket)\{/.test(series);
  let last = 0;
  const texts = parts.map(({ value, minutes }) => {
    const samples = minutes * PER_MINUTE;
    if (samples === 0) return '';
    if (value === 'gone') return `stale _x${samples - 1}`.replace(' _x0', '');
    if (typeof value === 'number') {
      // What counts stays where it is while nothing happens.
      if (!isCounter) last = value;
      return `${last}+0x${samples - 1}`;
    }
    const step = Number(value);
    const text = `${last + step}+${step}x${samples - 1}`;
    last += step * samples;
    return text;
  });
  return texts.filter((text) => text !== '').join(' ');
}

/** All series of a situation, from before it to after it. */
function inputSeries({ world, minutes, before = BEFORE_MINUTES, later }: Situation) {
  const { minute, world: last } = later ?? { minute: minutes, world: {} };
  const names = new Set([HEALTHY, world, last].flatMap((it) => Object.keys(it)));
  return [...names].map((series) => {
    const usual = HEALTHY[series] ?? 'gone';
    const during = world[series] ?? usual;
    const values = notation(series, [
      { value: usual, minutes: before },
      { value: during, minutes: minute },
      { value: last[series] ?? during, minutes: minutes - minute },
      { value: usual, minutes: AFTER_MINUTES },
    ]);
    return { series, values };
  });
}

function promtoolTest(situation: Situation) {
  const { minutes, before = BEFORE_MINUTES, at = [], fires } = situation;
  const firing = Object.keys(fires).map((alert) => {
    const severity = RULES.get(alert)?.labels.severity;
    return { alert, labels: `alertname="${alert}", alertstate="firing", severity="${severity}"` };
  });
  const end = `${60 * (before + minutes + AFTER_MINUTES - 1)}s`;
  const looks = at.map((minute) => ({
    expr: 'ALERTS{alertstate="firing"}',
    eval_time: `${60 * (before + minute)}s`,
    exp_samples: firing.map(({ labels }) => ({ labels: `ALERTS{${labels}}`, value: 1 })),
  }));
  const ever = {
    expr: 'max_over_time(ALERTS{alertstate="firing"}[12h])',
    eval_time: end,
    exp_samples: firing.map(({ labels }) => ({ labels: `{${labels}}`, value: 1 })),
  };
  const over = {
    expr: 'ALERTS{alertstate="firing"}',
    eval_time: end,
    exp_samples: [],
  };
  const words = Object.entries(fires).map(([alert, summary]) => {
    const { labels, annotations } = RULES.get(alert) ?? {};
    const expected = { exp_labels: labels, exp_annotations: { ...annotations, summary } };
    return {
      eval_time: `${60 * (before + (at[0] ?? 0))}s`,
      alertname: alert,
      exp_alerts: [expected],
    };
  });
  return {
    interval: `${60 / PER_MINUTE}s`,
    input_series: inputSeries(situation),
    promql_expr_test: [...looks, ever, over],
    alert_rule_test: words,
  };
}

test.each(SITUATIONS)('$name', async (situation) => {
  const { fires, at = [] } = situation;
  expect(at.length > 0).toBe(Object.keys(fires).length > 0);
  const file = join(dir, 'situation.yml');
  const tests = {
    rule_files: [RULES_FILE],
    evaluation_interval: `${60 / PER_MINUTE}s`,
    tests: [promtoolTest(situation)],
  };
  // JSON is YAML too.
  writeFileSync(file, JSON.stringify(tests));
  expect(await run('promtool', ['test', 'rules', file])).toContain('SUCCESS');
});

test('Prometheus takes the rules, and each alert fires in some situation', async () => {
  expect(await run('promtool', ['check', 'rules', RULES_FILE])).toContain('SUCCESS');
  const fired = new Set(SITUATIONS.flatMap(({ fires }) => Object.keys(fires)));
  expect([...RULES.keys()].filter((alert) => !fired.has(alert))).toEqual([]);
});
