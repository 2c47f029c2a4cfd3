import type { Response } from 'express';
import { ownName } from '../../apis/index.ts';
import { type Path, parseSubmissionInSteps } from '../../apis/validation/index.ts';
import type { Submission } from '../../store/ports.ts';
import type { Caller, Handler } from '../access/caller.ts';
import { homeOf } from '../access/home.ts';
import { admit, defaultsIn, quotasIn } from '../admission.ts';
import { idempotencyKey, idempotencyOf } from '../idempotency.ts';
import { idMaker } from '../new-id.ts';
import type { ApiOptions } from '../options.ts';
import { preflight } from '../preflight.ts';
import { readManifest } from './manifest-body.ts';

export type SubmitOptions = Pick<
  ApiOptions,
  'clock' | 'operator' | 'outputLimitBytes' | 'policy' | 'submitCompletionPolicy'
>;

/** What the original's body cannot give is the body's as a whole. */
export function originalPlace([field, ...rest]: Path): Path {
  if (field === 'tasks') return [field, ...rest];
  const name = { image: 'image_name', callback: 'callback_url' }[String(field)];
  return name === undefined ? [] : [name];
}

/** `POST /submit`: accepts a job, with its first tasks or without any. */
export function submit(options: SubmitOptions): Handler {
  const newId = idMaker(options.clock);
  return async (request, response, caller) => {
    const namespace = homeOf(caller.identity);
    const key = idempotencyKey(request.get('Idempotency-Key'));
    const { body, value } = await readManifest(
      request,
      defaultsIn(options, namespace),
      parseSubmissionInSteps,
    );
    admit(options, namespace, value, originalPlace);
    await preflight(options, namespace, value.spec, originalPlace);
    const uid = newId();
    const id = await submitOnce(caller, response, {
      ...{ uid, meta: { ...ownName(uid), namespace }, spec: value.spec, tasks: value.tasks },
      ...idempotencyOf(key, caller.identity, { route: 'submit', namespace }, body),
      ...quotasIn(options, namespace),
    });
    response.status(201).set('Location', `/status/${id}`).json({ id });
  };
}

/** Stores a job. Resolves to its uid, or that of the first try with its key, and tells which it is. */
export async function submitOnce(
  { jobs }: Caller,
  response: Response,
  submission: Submission,
): Promise<string> {
  const uid = await jobs.submitJob(submission);
  if (uid !== submission.uid) response.set('Idempotent-Replayed', 'true');
  return uid;
}
