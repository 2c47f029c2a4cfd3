/** One metric with its samples, as a page of the Prometheus text format (0.0.4) has it. */
export interface Family {
  name: string;
  help: string;
  type: string;
  samples: Sample[];
}

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) (.+)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
/** What Go's ParseFloat takes, which the format refers to: it does not mind the case of words. */
const VALUE = /^(?:[+-]?inf|nan|[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)$/i;
const SUFFIXES: Record<string, readonly string[]> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/**
 * Reads a page strictly: what Prometheus forgives is an error here too.
 * @throws Error that names the line.
 */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the page does not end with a line feed');
  const reader = new PageReader();
  for (const [at, line] of text.slice(0, -1).split('\n').entries()) {
    const problem = reader.read(line);
    if (problem !== undefined) throw new Error(`line ${at + 1}: ${problem}: ${line}`);
  }
  for (const family of reader.families.values()) checkHistogram(family);
  return reader.families;
}

/** Reads line by line; each returns what is wrong with it, if anything is. */
class PageReader {
  readonly families = new Map<string, Family>();
  readonly #series = new Set<string>();
  #current: Family | undefined;

  read(line: string): string | undefined {
    if (line === '') return undefined;
    if (line.startsWith('# HELP ')) return this.#help(line);
    return line.startsWith('# TYPE ') ? this.#type(line) : this.#sample(line);
  }

  #help(line: string): string | undefined {
    const [, name, help] = HELP.exec(line) ?? [];
    if (name === undefined || help === undefined) return 'no name and help';
    if (this.families.has(name)) return 'a second HELP';
    this.#current = { name, help, type: '', samples: [] };
    this.families.set(name, this.#current);
    return undefined;
  }

  #type(line: string): string | undefined {
    const [, name, type] = TYPE.exec(line) ?? [];
    const current = this.#current;
    if (type === undefined || current?.name !== name) return 'not behind its HELP';
    if (current === undefined || current.type !== '') return 'a second TYPE';
    current.type = type;
    return undefined;
  }

  #sample(line: string): string | undefined {
    const current = this.#current;
    if (current === undefined || current.type === '') return 'a sample without a TYPE';
    const sample = parseSample(line);
    if (sample === undefined) return 'no sample';
    const suffixes = SUFFIXES[current.type] ?? [''];
    const ofIt = suffixes.some((suffix) => current.name + suffix === sample.name);
    if (!ofIt) return 'of another metric';
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    if (this.#series.has(key)) return 'a series twice';
    this.#series.add(key);
    current.samples.push(sample);
    return undefined;
  }
}

function parseSample(line: string): Sample | undefined {
  const [, name, labelText, value] = SAMPLE.exec(line) ?? [];
  if (name === undefined || value === undefined || !VALUE.test(value)) return undefined;
  const labels = labelText === undefined ? {} : parseLabels(labelText);
  return labels && { name, labels, value: numberOf(value) };
}

function parseLabels(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  let end = 0;
  while (end < text.length) {
    const match = LABEL.exec(text);
    if (match === null || match[1] === undefined || match[1] in labels) return undefined;
    labels[match[1]] = (match[2] ?? '').replace(/\\(.)/g, (_all, c) => (c === 'n' ? '\n' : c));
    end = LABEL.lastIndex;
  }
  return labels;
}

function numberOf(text: string): number {
  return Number(text.replace(/inf/i, 'Infinity'));
}

/** Buckets grow, and the last, `+Inf`, is the count. */
function checkHistogram({ name, type, samples }: Family): void {
  if (type !== 'histogram') return;
  const series = new Map<string, { last: number; bound: number }>();
  const keyOf = ({ le: _le, ...labels }: Record<string, string>) =>
    JSON.stringify(Object.entries(labels).sort());
  for (const sample of samples) {
    const key = keyOf(sample.labels);
    if (sample.name === `${name}_bucket`) {
      const { last, bound } = series.get(key) ?? { last: 0, bound: Number.NEGATIVE_INFINITY };
      const le = numberOf(sample.labels['le'] ?? 'NaN');
      if (!(le > bound) || sample.value < last) throw new Error(`${name}: buckets do not grow`);
      series.set(key, { last: sample.value, bound: le });
    } else if (sample.name === `${name}_count`) {
      const { last, bound } = series.get(key) ?? { last: -1, bound: 0 };
      if (bound !== Number.POSITIVE_INFINITY || last !== sample.value) {
        throw new Error(`${name}: the bucket +Inf is not the count`);
      }
    }
  }
}
