import type { Context } from '../context.ts';
import { EXIT, UsageError } from '../errors.ts';
import { fileVariables } from '../files/file-variables.ts';
import { Canceller } from '../follow/canceller.ts';
import { followTask } from '../follow/follow-task.ts';
import { OutputWriter } from '../follow/output-writer.ts';
import { type OwnClient, ownClient } from '../follow/own-client.ts';
import { runManifest, TASK_NAME } from '../follow/run-manifest.ts';
import { endNotes, exitCodeOf } from '../follow/task-end.ts';
import type { Options } from '../options.ts';
import { apiPath, jobPath } from '../path.ts';
import type { Job, TaskEnd } from '../resources.ts';

/** Runs one task in the foreground. Returns the exit code of its process. */
export async function run(
  context: Context,
  args: readonly string[],
  options: Options,
): Promise<number> {
  const [image = '', ...rest] = args;
  if (rest.length !== (context.trailing ?? []).length) {
    throw new UsageError(
      `the image comes first, and after -- the arguments of the container: run ${image} -- ${rest.join(' ')}`,
    );
  }
  const manifest = runManifest(image, rest, options, await fileVariables(context, options));
  const own = await ownClient(context);
  try {
    const path = apiPath(['namespaces', await context.namespace(), 'jobs']);
    const { body: job } = await own.client.send<Job>('POST', path, manifest);
    if (options.flag('detach')) {
      context.printLine(`job/${job.metadata.name} created`);
      return EXIT.ok;
    }
    return await attend(context, own, job, options.flag('rm'));
  } finally {
    own.close();
  }
}

/** Stays with the job to its end, or cancels it at Ctrl-C. */
async function attend(
  context: Context,
  own: OwnClient,
  job: Job,
  remove: boolean,
): Promise<number> {
  const canceller = new Canceller(context, own, job);
  try {
    const end = await Promise.race([follow(context, own, job), canceller.failure]);
    await canceller.settled();
    if (remove) await own.client.send('DELETE', jobPath(job.metadata.namespace, job.metadata.name));
    return context.signal.aborted ? EXIT.interrupted : exitCodeOf(end);
  } finally {
    canceller.forget();
  }
}

async function follow(context: Context, own: OwnClient, { metadata }: Job): Promise<TaskEnd> {
  const writer = new OutputWriter(context.io, context.signal);
  const { namespace, name } = metadata;
  const ref = { namespace, job: name, task: TASK_NAME };
  const end = await followTask(own.client, ref, writer, own.signal);
  for (const note of endNotes(end)) writer.note(note);
  return end;
}
