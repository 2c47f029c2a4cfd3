import type { Path } from '../apis/validation/index.ts';
import { expand, INDEX, type Template, templateText } from './expansion.ts';
import type { Notes } from './notes.ts';

/** Kubernetes gives it to every container of an indexed job that does not define it. */
export const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX';
const INDEX_TEMPLATE: Template = [INDEX];
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

interface VariablesContext {
  notes: Notes;
  /** True when every pod is told of its index. */
  indexed: boolean;
  /** True when there may be variables that are not listed. */
  more: boolean;
}

/** The variables of a container, as far as they are known, for `$(NAME)` in its texts. */
export class Variables {
  readonly #context: VariablesContext;
  /** Undefined for one whose value is not known here. */
  readonly #values = new Map<string, Template | undefined>();

  constructor(context: VariablesContext) {
    this.#context = context;
  }

  /** A later one of the same name counts. */
  define(name: string, value: Template | undefined): void {
    this.#values.set(name, value);
  }

  /** The variables that have a value, by name, as texts of ours. */
  texts(atOf: (name: string) => Path): Record<string, string> {
    const known = [...this.#values].flatMap(([name, value]) =>
      value === undefined ? [] : [[name, this.#text(value, atOf(name))] as const],
    );
    return Object.fromEntries(known);
  }

  /** A word of `command` or `args`, as ours. */
  inWords(word: string, at: Path): string {
    const parts = expand(word, (name) => {
      const value = this.#known(name, at);
      if (this.#context.more && !this.#values.has(name) && VARIABLE_NAME.test(name)) {
        this.#noteUnknown(name, at, 'it may be a variable of "envFrom", which is not converted');
      }
      return value;
    });
    return this.#text(parts, at);
  }

  /** The value of a variable that is defined after the ones so far. */
  inValue(text: string, at: Path): Template {
    return expand(text, (name) => {
      if (name === INDEX_VARIABLE && this.#context.indexed && !this.#values.has(name)) {
        const message =
          `$(${name}) is the index; Kubernetes leaves it as it is, for it defines the variable ` +
          'after those of the manifest';
        this.#context.notes.changed(at, message);
        return INDEX_TEMPLATE;
      }
      return this.#known(name, at);
    });
  }

  #known(name: string, at: Path): Template | undefined {
    if (this.#values.has(name) && this.#values.get(name) === undefined) {
      this.#noteUnknown(name, at, 'the value of the variable is not converted');
    }
    return this.#values.get(name);
  }

  #noteUnknown(name: string, at: Path, why: string): void {
    this.#context.notes.dropped(
      at,
      `$(${name}) stays as it is, for ${why}: write the value instead`,
    );
  }

  #text(template: Template, at: Path): string {
    const text = templateText(template);
    if (text === undefined) {
      const message =
        'a "$" right before the index has no equivalent: put another character between';
      this.#context.notes.error(at, message);
    }
    return text ?? '';
  }
}

/** The index of a task as the value of a variable. */
export function indexValue(): Template {
  return INDEX_TEMPLATE;
}
