/**
 * Waits for `work`, at most until `signal` aborts: a reader that is held up, or a connection that does not
 * notice its abort, keeps nobody waiting. Nothing of it is left when it is over. A race with a promise that
 * stands for the whole life of a loop would leave something with every turn.
 *
 * @returns what the work comes to; undefined when the signal was first.
 * @throws whatever the work throws before that; what it throws later is dropped.
 */
export async function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  let stop = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
