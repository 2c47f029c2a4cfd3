import type { JobSpec, TaskSpec } from '../job.ts';

/** `$$(`, or one of ours; every other text stays as it is. */
const PLACEHOLDER = /\$\$\(|\$\((INDEX|COMPLETIONS)\)/g;

/** The tasks of a job with `completions`: the index is filled into command, arguments and environment. */
export function completionTasks(spec: JobSpec): TaskSpec[] {
  const { completions = 1, command, args = [], env } = spec;
  const templated = [command, env].map((part) => JSON.stringify(part ?? null).includes('$'));
  return Array.from({ length: completions }, (_, index) => {
    const fill = (text: string) =>
      text.replace(PLACEHOLDER, (found, name?: string) => {
        if (name === undefined) return found.slice(1);
        return String(name === 'INDEX' ? index : completions);
      });
    return {
      name: String(index),
      args: args.map(fill),
      ...(command && templated[0] ? { command: command.map(fill) } : {}),
      ...(env && templated[1] ? { env: filled(env, fill) } : {}),
    };
  });
}

function filled(env: Record<string, string>, fill: (text: string) => string) {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)]));
}
