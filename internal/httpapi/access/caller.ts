import type { Request, Response } from 'express';
import type { Identity } from '../../access/index.ts';
import type { ApiStores } from '../options.ts';
import { type Followed, type ScopedStores, scopedStores } from '../scope/index.ts';

/** Who sends a request, and the objects that are there for them: handlers know no others. */
export interface Caller extends ScopedStores {
  readonly identity: Identity;
}

/** Answers a request of a caller who may send it. */
export type Handler = (
  request: Request,
  response: Response,
  caller: Caller,
) => Promise<void> | void;

export function callerOf(identity: Identity, stores: ApiStores, followed: Followed): Caller {
  return { identity, ...scopedStores(stores, identity, followed) };
}
