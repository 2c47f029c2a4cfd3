import type { RequestHandler } from 'express';
import type { Handler } from './caller.ts';
import type { Needs } from './needs.ts';

interface Place {
  path: string;
  method: 'get' | 'post' | 'put' | 'delete';
}

/** What answers on one path, by method. */
export interface Answering extends Place {
  handler: RequestHandler;
}

/** A route without a caller: for anyone, or for the attempt of a task, whose handler checks its token. */
export interface OpenRoute extends Answering {
  access: 'open' | 'attempt';
}

/** A route for callers who have what it needs. */
export interface CallerRoute extends Place {
  access: Needs;
  handler: Handler;
}

/** A line of the route table: what answers, and to whom. */
export type Route = OpenRoute | CallerRoute;
