import type { ForeignDecision, OperatorStore } from '../../store/ports.ts';
import type { Handler } from '../access/caller.ts';
import { jobId } from '../job-id.ts';

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
