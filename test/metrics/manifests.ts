import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import * as z from 'zod';

const pathOf = (name: string) => fileURLToPath(new URL(`../../manifests/${name}`, import.meta.url));
const read = (name: string) => readFileSync(pathOf(name), 'utf8');
export const RULES_FILE = pathOf('prometheus-rules.yml');

const rule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
  annotations: z.strictObject({ summary: z.string().min(1), description: z.string().min(1) }),
});
const rules = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule).min(1) })).min(1),
});
const dashboard = z.looseObject({
  uid: z.string(),
  panels: z.array(
    z.looseObject({
      id: z.number(),
      title: z.string(),
      targets: z.array(z.looseObject({ expr: z.string(), legendFormat: z.string() })).optional(),
    }),
  ),
});

/** An expression of a manifest with the place that it stands in. */
export interface Expression {
  where: string;
  expr: string;
  /** Labels of the result that are shown. */
  shown: string[];
}

/** The rules of `manifests/prometheus-rules.yml`, by the names of their alerts. */
export function alertRules(): Map<string, z.infer<typeof rule>> {
  const { groups } = rules.parse(parse(read('prometheus-rules.yml')));
  return new Map(groups.flatMap((group) => group.rules.map((it) => [it.alert, it] as const)));
}

/** Their expressions. */
export function alertExpressions(): Expression[] {
  return [...alertRules().values()].map(({ alert, expr, annotations }) => {
    const texts = Object.values(annotations).join(' ');
    const shown = [...texts.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label ?? '');
    return { where: alert, expr, shown };
  });
}

/** The panels of `manifests/grafana-dashboard.json`, with Grafana's own variables filled in. */
export function panelExpressions(): Expression[] {
  const { panels } = dashboard.parse(JSON.parse(read('grafana-dashboard.json')));
  const ids = panels.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) throw new Error('two panels have the same id');
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => {
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? '');
      return { where: title, expr: expr.replaceAll('$__rate_interval', '5m'), shown };
    }),
  );
}
