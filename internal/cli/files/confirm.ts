import type { Context } from '../context.ts';

/** Asks for a word on the terminal; anything but `y` or `yes` is a no. */
export async function confirm(context: Context, question: string): Promise<boolean> {
  const { stdin, stderr } = context.io;
  stderr.write(`${question} [y/N] `);
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: stdin });
  try {
    const answer = await firstLine(lines, context.signal);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

function firstLine(
  lines: import('node:readline/promises').Interface,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    lines.once('line', (line) => {
      signal.removeEventListener('abort', stop);
      resolve(line);
    });
    lines.once('close', () => {
      signal.removeEventListener('abort', stop);
      resolve('');
    });
  });
}
