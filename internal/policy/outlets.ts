import { sizeBytes } from '../apis/index.ts';
import { quoted } from '../apis/validation/index.ts';
import { matchesAny } from './pattern.ts';
import { type Judge, listed, type Refusal } from './refusal.ts';
import type { Rules } from './rules.ts';

/** What a task says to programs beside it: by its log, and by labels that they look for. */
export const judgeOutlets: Judge = function* (rules, { spec }) {
  const { drivers } = rules.logging;
  const driver = spec.logDriver?.name;
  if (driver !== undefined && !matchesAny(drivers, driver)) {
    const wrong = `the log driver ${quoted(driver)} is not one of them`;
    yield { rule: 'logging.drivers', at: ['logDriver', 'name'], wrong, allowed: listed(drivers) };
  }
  const options = spec.logDriver?.options ?? {};
  yield* judgeSizes(rules.logging, options);
  yield* judgeTemplates(rules.logging, options);
  yield* judgeLabels('serviceLabels', rules.serviceLabels.allow, spec.serviceLabels);
  yield* judgeLabels('containerLabels', rules.containerLabels.allow, spec.containerLabels);
};

/** What there is at most where an option is absent: of Swarmer for its files, of an engine for its cache. */
const ABSENT = { '': { size: '100m', files: '2' }, 'cache-': { size: '20m', files: '5' } };

/** Options by which an engine holds output in its own memory. */
const BUFFERS = ['max-buffer-size', 'fluentd-buffer-limit'];

/** An engine holds what a job says in memory and on its disk, and a few such tasks fill a node. */
function* judgeSizes(
  { maxBuffer, maxDisk }: Rules['logging'],
  options: Readonly<Record<string, string>>,
): Generator<Refusal> {
  for (const name of BUFFERS) {
    const buffer = options[name];
    if (buffer === undefined || !isMore(buffer, '1', maxBuffer)) continue;
    const wrong = `${quoted(buffer)} is more than that`;
    const at = ['logDriver', 'options', name];
    yield { rule: 'logging.maxBuffer', at, wrong, allowed: `at most ${maxBuffer}` };
  }
  for (const prefix of ['', 'cache-'] as const) {
    const [sizeKey, filesKey] = [`${prefix}max-size`, `${prefix}max-file`];
    const given = options[sizeKey] ?? options[filesKey];
    const { size, files } = ABSENT[prefix];
    const [one = size, count = files] = [options[sizeKey], options[filesKey]];
    if (given === undefined || !isMore(one, count, maxDisk)) continue;
    const wrong = `${count} files of ${quoted(one)} are more than that`;
    const at = ['logDriver', 'options', options[sizeKey] === undefined ? filesKey : sizeKey];
    yield { rule: 'logging.maxDisk', at, wrong, allowed: `at most ${maxDisk}` };
  }
}

/**
 * An engine expands `tag` when the container starts, in its own memory: `{{pad "x" 1000000000 0}}` is a gigabyte of it
 * (moby: daemon/logger/templates).
 */
function* judgeTemplates(
  { templates }: Rules['logging'],
  options: Readonly<Record<string, string>>,
): Generator<Refusal> {
  for (const [name, value] of Object.entries(options)) {
    if (templates || !value.replaceAll(/\{\{\s*\.\w+\s*\}\}/g, '').includes('{{')) continue;
    const wrong = `the template ${quoted(value)} is more than fields`;
    const at = ['logDriver', 'options', name];
    yield { rule: 'logging.templates', at, wrong, allowed: 'fields such as {{.Name}}' };
  }
}

function isMore(size: string, count: string, most: string): boolean {
  const files = /^\d+$/.test(count) ? Number(count) : Number.POSITIVE_INFINITY;
  const bytes = (sizeBytes(size) ?? Number.POSITIVE_INFINITY) * files;
  return !(bytes <= (sizeBytes(most) ?? 0));
}

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
