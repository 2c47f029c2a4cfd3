import type { Operation } from '../types.ts';

const NAMED = '/v1/namespaces/{namespace}/jobs/{name}';

/** A call on one job, by its name; `path` is what follows the job's own. */
export type JobCall = Omit<Operation, 'path' | 'topic' | 'token'> & { path: string };

/** The same call under the name of the job and under its uid. */
export function underBoth(topic: Operation['topic'], call: JobCall): Operation[] {
  const named: Operation = { ...call, topic, token: 'user', path: NAMED + call.path };
  return [
    named,
    { ...named, path: `/v1/jobs/{id}${call.path}`, id: `${call.id}ByUid`, aliasOf: call.id },
  ];
}
