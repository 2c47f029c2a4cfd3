/** The place where the index of a task stands. */
export const INDEX = Symbol('index');

/** A text in which the index of a task may stand. */
export type Template = readonly (string | typeof INDEX)[];

const REFERENCE = /\$\$|\$\(([^)]*)\)/g;

/**
 * What Kubernetes makes of a text: `$(NAME)` is the value of a variable, or stays when there is none
 * of this name; `$$` is a `$` (k8s.io/kubernetes/third_party/forked/golang/expansion).
 */
export function expand(text: string, lookUp: (name: string) => Template | undefined): Template {
  const parts: (string | typeof INDEX)[] = [];
  let end = 0;
  for (const found of text.matchAll(REFERENCE)) {
    const [whole, name] = found;
    parts.push(text.slice(end, found.index));
    parts.push(...(name === undefined ? ['$'] : (lookUp(name) ?? [whole])));
    end = found.index + whole.length;
  }
  return [...parts, text.slice(end)];
}

/**
 * The text in a manifest of ours that a task gets as `template` says.
 * @returns undefined where there is none: a `$` right before the index would read as an escape.
 */
export function templateText(template: Template): string | undefined {
  let text = '';
  let literal = '';
  for (const part of template) {
    if (part !== INDEX) {
      literal += part;
      continue;
    }
    if (literal.endsWith('$')) return undefined;
    text += `${escapeLiteral(literal)}$(INDEX)`;
    literal = '';
  }
  return text + escapeLiteral(literal);
}

/** What would be read as a placeholder, or as the escape of one, is escaped; all else stays readable. */
function escapeLiteral(literal: string): string {
  return literal.replace(/(?<=\$)\$\(|\$\((?=(?:INDEX|COMPLETIONS)\))/g, () => '$$(');
}
