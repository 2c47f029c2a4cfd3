/**
 * True when a pattern matches the whole of a text. `**` stands for any characters, `*` for any but `/`;
 * everything else for itself. Patterns come from the operator, so their cost is no attack.
 */
export function matches(pattern: string, text: string): boolean {
  return expression(pattern).test(text);
}

/** True when one of the patterns matches. */
export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => matches(pattern, text));
}

function expression(pattern: string): RegExp {
  const parts = pattern.split(/(\*+)/).map((part) => {
    if (part === '*') return '[^/]*';
    return part.startsWith('**') ? '.*' : part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}
