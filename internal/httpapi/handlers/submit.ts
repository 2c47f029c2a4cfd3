import type { Request, Response } from 'express';
import { ownName } from '../../apis/index.ts';
import {
  type JobRequest,
  type Parsed,
  type Path,
  parseSubmissionInSteps,
  type ServerDefaults,
  type Steps,
} from '../../apis/validation/index.ts';
import type { Place } from '../../policy/index.ts';
import type { Caller, Handler } from '../access/caller.ts';
import { homeOf } from '../access/home.ts';
import { admit, defaultsIn, quotasIn } from '../admission.ts';
import { idempotencyKey, idempotencyOf } from '../idempotency.ts';
import { idMaker } from '../new-id.ts';
import type { ApiOptions } from '../options.ts';
import { preflight } from '../preflight.ts';
import { checkNamespace, readManifest } from './manifest-body.ts';

export type SubmitOptions = Pick<ApiOptions, 'clock' | 'operator' | 'outputLimitBytes' | 'policy'>;

/** A kind of body that asks for a job. */
interface Form {
  parse(body: unknown, defaults: ServerDefaults): Steps<Parsed<JobRequest>>;
  /** Where it has the fields of a job's spec. */
  place: Place;
}

const ORIGINAL: Form = { parse: parseSubmissionInSteps, place: originalPlace };

/** What the original's body cannot give is the body's as a whole. */
export function originalPlace([field, ...rest]: Path): Path {
  if (field === 'tasks') return [field, ...rest];
  const name = { image: 'image_name', callback: 'callback_url' }[String(field)];
  return name === undefined ? [] : [name];
}

/** `POST /submit`: accepts a job, with its first tasks or without any. */
export function submit(options: SubmitOptions): Handler {
  const accept = acceptor(options, ORIGINAL);
  return async (request, response, caller) => {
    const id = await accept(request, response, caller);
    response.status(201).set('Location', `/status/${id}`).json({ id });
  };
}

/** Stores the job that a body asks for. Resolves to its id, or that of the first try with its key. */
type Accept = (request: Request, response: Response, caller: Caller) => Promise<string>;

/** Accepts the jobs of bodies in a form. */
export function acceptor(options: SubmitOptions, { parse, place }: Form): Accept {
  const newId = idMaker(options.clock);
  return async (request, response, { identity, jobs }) => {
    const namespace = homeOf(identity);
    const key = idempotencyKey(request.get('Idempotency-Key'));
    const { body, value } = await readManifest(request, defaultsIn(options, namespace), parse);
    checkNamespace(value.metadata, namespace);
    admit(options, namespace, value, place);
    await preflight(options, namespace, value.spec, place);
    const uid = newId();
    const meta = { ...ownName(uid), namespace };
    const idempotency =
      key === undefined ? {} : { idempotency: idempotencyOf(key, identity, body) };
    const id = await jobs.submitJob({
      ...{ uid, meta, ...value, ...idempotency },
      ...quotasIn(options, namespace),
    });
    if (id !== uid) response.set('Idempotent-Replayed', 'true');
    return id;
  };
}
