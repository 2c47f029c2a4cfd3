import type { ForeignDecision, OperatorStore } from '../../store/ports.ts';
import type { Handler } from '../access/caller.ts';
import { jobId } from '../job-id.ts';
import type { ApiOptions } from '../options.ts';

/** `GET /v1/quarantine`: jobs that were set aside, with what is wrong with their records. */
export function quarantined(operator: OperatorStore): Handler {
  return async (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ items: await operator.quarantined() });
  };
}

/** `POST /v1/jobs/<id>/release`: takes a job back whose record an operator has put right. */
export function release(operator: OperatorStore): Handler {
  return async (request, response) => {
    await operator.releaseJob(jobId(request.params['id']));
    response.json({});
  };
}

/** `GET /v1/configuration`: what is wrong with the operator's files, and which policy each process holds. */
export function configuration(options: Pick<ApiOptions, 'configuration'>): Handler {
  return async (_request, response) => {
    const { files, policyHash, policies } = options.configuration();
    const told = files.map(async ({ name, problems }) => ({ name, problems: await problems() }));
    const processes = policies().map((holder) => ({
      ...holder,
      at: new Date(holder.at).toISOString(),
    }));
    response.set('Cache-Control', 'no-store').json({
      files: await Promise.all(told),
      policy: { hash: policyHash, processes },
    });
  };
}

/** `GET /v1/foreign`: other stores whose services are on the swarm, as after Redis was emptied. */
export function foreign(operator: OperatorStore): Handler {
  return async (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ items: await operator.foreignStores() });
  };
}

/** `POST /v1/foreign/<store>/purge|adopt`: what is to become of them. The controller does it. */
export function decide(operator: OperatorStore, decision: ForeignDecision): Handler {
  return async (request, response) => {
    await operator.decideForeign(jobId(request.params['id']), decision);
    response.status(202).json({});
  };
}
