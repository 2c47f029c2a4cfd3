import { CALLBACK_STATES, type Job } from '../../apis/index.ts';
import type { CallbackView } from '../../store/ports.ts';
import type { Handler } from '../access/caller.ts';
import { ApiProblem } from '../problem.ts';
import { continueOf, optionalNumber } from '../query.ts';
import { select } from './select-jobs.ts';

const PAGE = 200;

/** `GET /v1/callbacks?state=`: the callbacks of all finished jobs, with what came of each. */
export const listCallbacks: Handler = async (request, response, { jobs, catalog }) => {
  const { state } = request.query;
  if (state !== undefined && !CALLBACK_STATES.some((known) => known === state)) {
    throw new ApiProblem(400, `"state" must be one of ${CALLBACK_STATES.join(', ')}.`);
  }
  const limit = optionalNumber(request, 'limit', [1, PAGE], PAGE);
  const selection = { matches: hasCallback };
  const page = await select(catalog, selection, { after: continueOf(request), limit });
  const views = await Promise.all(page.jobs.map(({ metadata }) => jobs.readCallback(metadata.uid)));
  const items = page.jobs.flatMap((job, i) => {
    const view = views[i];
    return view === undefined || (state ?? view.state) !== view.state ? [] : [item(job, view)];
  });
  const metadata = page.next === undefined ? {} : { continue: page.next };
  response.set('Cache-Control', 'no-store').json({ items, metadata });
};

function hasCallback({ spec, status }: Job): boolean {
  return spec.callback !== undefined && status.phase !== 'Running';
}

function item({ metadata }: Job, { url, state, attempts, log }: CallbackView): object {
  const { namespace, name, uid } = metadata;
  const last = log.at(-1);
  return {
    ...{ namespace, name, uid, url, state, attempts },
    ...(last?.status === undefined ? {} : { lastStatus: last.status }),
    ...(last?.error === undefined ? {} : { lastError: last.error }),
  };
}
