import type { Source } from './source.ts';

/** `suspend` of a job. */
export function convertSuspend(source: Source): { suspend?: boolean } {
  const suspend = source.flag('suspend');
  if (suspend === true) {
    const message =
      'tasks that run while a job is suspended go on, and its deadline stands still; Kubernetes ends ' +
      'such pods, and starts the deadline anew';
    source.notes.changed(source.at('suspend'), message);
  }
  return suspend === undefined ? {} : { suspend };
}
