import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/** Prints the JSON Schema of manifests. */
export async function run(context: Context, args: readonly string[]): Promise<undefined> {
  const { manifestSchemas } = await import('../../apis/validation/index.ts');
  const { Job, CronJob } = manifestSchemas();
  const [kind] = args;
  context.printLine(JSON.stringify({ $schema: DRAFT, ...schemaOf(kind) }, null, 2));
  return undefined;

  function schemaOf(word: string | undefined): object {
    if (word === undefined) return { oneOf: [Job, CronJob] };
    if (/^jobs?$/i.test(word)) return Job;
    if (/^cronjobs?$/i.test(word)) return CronJob;
    throw new UsageError(`there is no schema of "${word}"; there are job and cronjob`);
  }
}
