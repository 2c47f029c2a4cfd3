import type { TaskSpec } from '../../apis/index.ts';
import { parseJobInSteps } from '../../apis/validation/index.ts';
import { ApplyRefused, applyJob, jobToApply } from '../../apply/index.ts';
import { below } from '../../policy/index.ts';
import type { Handler } from '../access/caller.ts';
import { admit, defaultsIn, quotasIn } from '../admission.ts';
import { jobResource } from '../job-resource.ts';
import type { ApiOptions } from '../options.ts';
import { preflight } from '../preflight.ts';
import { flagOf, ifMatch, isDryRun } from '../query.ts';
import { objectName } from '../resolve.ts';
import { checkName, checkNamespace, readManifest, unprocessable } from './manifest-body.ts';

/** `PUT /v1/namespaces/<namespace>/jobs/<name>`: makes the job be as the manifest says. */
export function putJob(
  options: Pick<ApiOptions, 'clock' | 'operator' | 'outputLimitBytes' | 'policy'>,
): Handler {
  const { clock } = options;
  return async (request, response, stores) => {
    const [namespace, name] = ['namespace', 'name'].map((it) => objectName(request.params[it]));
    if (namespace === undefined || name === undefined) throw new Error('a route without names');
    const [dryRun, replace, version] = [
      ...[isDryRun(request), flagOf(request, 'replace')],
      ifMatch(request),
    ] as const;
    const { body, value } = await readManifest(
      request,
      defaultsIn(options, namespace),
      parseJobInSteps,
    );
    checkNamespace(value.metadata, namespace);
    checkName(value.metadata, name);
    admit(options, namespace, value, below('spec'));
    await preflight(options, namespace, value.spec, below('spec'));
    const manifest = jobToApply(value, body);
    const wanted = { namespace, name, manifest, dryRun, replace };
    const { result, changes, before, object, tasks } = await applyJob(stores, clock, {
      ...{ ...wanted, ...quotasIn(options, namespace) },
      ...(version === undefined ? {} : { version }),
    }).catch((error: unknown) => {
      throw error instanceof ApplyRefused ? unprocessable(error.refusals) : error;
    });
    response
      .status(result === 'created' && !dryRun ? 201 : 200)
      .set('ETag', `"${object.metadata.resourceVersion}"`)
      .json({
        result,
        changes,
        ...(dryRun && before !== undefined
          ? { before: jobResource(before, shown(tasks.before)) }
          : {}),
        object: jobResource(object, dryRun ? shown(tasks.after) : undefined),
      });
  };
}

function shown(tasks: TaskSpec[]): TaskSpec[] | undefined {
  return tasks.length === 0 ? undefined : tasks;
}
