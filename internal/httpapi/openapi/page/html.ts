/** Text that is HTML already: only `html` makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Html | readonly Html[];

/** HTML from a template. Whatever is put in is escaped, unless it is HTML itself. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  const filled = parts.map((part, i) => part + (i < values.length ? textOf(values[i] ?? '') : ''));
  return new Html(filled.join(''));
}

function textOf(value: Value): string {
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return escaped(String(value));
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** A text in which what stands between back quotes is code. */
export function prose(text: string): Html {
  const parts = text.split('`').map((part, i) => (i % 2 === 0 ? html`${part}` : code(part)));
  return html`${parts}`;
}

export function code(text: string): Html {
  return html`<code>${text}</code>`;
}
