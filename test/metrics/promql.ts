import { parser } from '@prometheus-io/lezer-promql';

/** What an expression of PromQL names. */
export interface Named {
  /** Metrics with the labels that they are selected by; the value only of `label="value"`. */
  selected: { metric: string; labels: { name: string; value?: string }[] }[];
  /** Labels that results are grouped by. */
  grouped: string[];
}

/**
 * Reads an expression with the grammar of Prometheus itself.
 * @throws Error at what is no PromQL.
 */
export function readPromql(expression: string): Named {
  const named: Named = { selected: [], grouped: [] };
  let matcher: { name: string; value?: string } | undefined;
  let grouping = false;
  let equal = false;
  parser.parse(expression).iterate({
    enter({ type, from, to }) {
      const text = expression.slice(from, to);
      if (type.isError) throw new Error(`no PromQL at ${from}: ${expression}`);
      const selector = named.selected.at(-1);
      if (type.name === 'Identifier') named.selected.push({ metric: text, labels: [] });
      else if (type.name === 'GroupingLabels') grouping = true;
      else if (type.name === 'LabelName' && grouping) named.grouped.push(text);
      else if (type.name === 'LabelName') {
        matcher = { name: text };
        selector?.labels.push(matcher);
      } else if (type.name === 'MatchOp') equal = text === '=';
      else if (type.name === 'StringLiteral' && matcher !== undefined && equal) {
        matcher.value = text.slice(1, -1);
      }
    },
    leave({ type }) {
      if (type.name === 'GroupingLabels') grouping = false;
    },
  });
  return named;
}
