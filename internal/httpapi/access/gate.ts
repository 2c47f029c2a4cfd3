import type { Response } from 'express';
import type { Identity } from '../../access/index.ts';
import { declaredInput } from '../declared-input.ts';
import type { ApiOptions } from '../options.ts';
import { RequestTrace } from '../request-trace.ts';
import { followWrite } from './audit.ts';
import { authenticate } from './authenticate.ts';
import { authorize } from './authorize.ts';
import { callerOf } from './caller.ts';
import type { Answering, CallerRoute, OpenRoute, Route } from './route.ts';

/**
 * A route behind the one place where it is found out who sends a request, whether they may, and whether
 * the route takes what they send.
 */
export function guarded(route: Route, options: ApiOptions): Answering {
  return { ...route, handler: isOpen(route) ? counted(route, options) : gate(route, options) };
}

function isOpen(route: Route): route is OpenRoute {
  return typeof route.access === 'string';
}

/** Where tasks, and who looks whether they can report, ask for whatever they were told as its host. */
const PROBE = '/healthz';

/** Reports are counted by their handler, which knows whose they are. */
function counted(route: OpenRoute, { limits, hosts }: ApiOptions): Answering['handler'] {
  const { access, handler, path } = route;
  if (access === 'attempt') return handler;
  const checkInput = declaredInput(route);
  return async (request, response, next) => {
    if (path !== PROBE) hosts?.check(request);
    await limits.anyone(request);
    await checkInput(request);
    await handler(request, response, next);
  };
}

function gate(route: CallerRoute, options: ApiOptions): Answering['handler'] {
  const { access: needs, handler } = route;
  const { audit, limits, hosts, clock } = options;
  const checkInput = declaredInput(route);
  return async (request, response) => {
    const { verb } = needs;
    const trail = verb === undefined ? undefined : followWrite(verb, { request, response }, audit);
    const trace = new RequestTrace(options, request, response);
    hosts?.check(request);
    const identity = await authenticate(options, request);
    trail?.identify(identity);
    await limits.caller(identity, request);
    const caller = callerOf(identity, options, { trace, ...(trail && { trail }) });
    await authorize(needs, request, caller);
    await limits.withBody(identity, { request, response, clock }, async () => {
      await checkInput(request);
      // What is written is written; what is read may be a stream that would outlast the right to it.
      const release = verb === undefined ? cutWhenRevoked(identity, response) : () => {};
      try {
        await handler(request, response, caller);
      } finally {
        release();
      }
    });
  };
}

/** @returns what ends it. */
function cutWhenRevoked({ revoked }: Identity, response: Response): () => void {
  const cut = () => response.destroy();
  revoked.addEventListener('abort', cut);
  return () => revoked.removeEventListener('abort', cut);
}
