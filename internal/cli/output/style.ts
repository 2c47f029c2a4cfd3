import type { CliIo, OutStream } from '../io.ts';

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof CODES;
export type Paint = (style: Style, text: string) => string;

/**
 * Colours text, if what it goes to is a terminal that shows colours and nobody has declined:
 * see https://no-color.org.
 */
export function painter(stream: OutStream, env: CliIo['env'], declined: boolean): Paint {
  const wanted = stream.isTTY === true && !declined && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  if (!wanted) return (_, text) => text;
  return (style, text) => {
    const [on, off] = CODES[style];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  };
}
