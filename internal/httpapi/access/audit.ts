import type { Request, Response } from 'express';
import type { Identity } from '../../access/index.ts';
import { statusOf } from '../request-metrics.ts';

/** What a write is about, as far as that is known. */
export interface AuditedObject {
  kind?: 'Job' | 'CronJob';
  namespace?: string;
  name?: string;
  uid?: string;
}

/** A write of a user's, or what was refused of one. Never anything of what was sent. */
export interface AuditEntry extends AuditedObject {
  /** Id of the request, as the client was told it. */
  request: string;
  /** Name of the token; `(unknown)` when there was no valid one. */
  who: string;
  role?: string;
  /** Address that it came from. */
  remote: string;
  verb: string;
  path: string;
  /** Nothing was to be changed. */
  dryRun?: true;
  /** 499 when the client went before the answer began: whether it was done then is not known. */
  status: number;
  /** The client went before it had all of the answer. */
  aborted?: true;
}

/** Where writes are noted. Calls must not throw. */
export interface AuditLog {
  write(entry: AuditEntry): void;
}

const SHOWN_PATH_CHARS = 200;

/** What is found out of one write while it is under way. */
export interface Trail {
  identify(identity: Identity): void;
  /** Later words go before earlier ones. */
  note(object: AuditedObject): void;
}

/** Follows a write until its answer is over, and notes it then, whatever came of it. */
export function followWrite(
  verb: string,
  { request, response }: { request: Request; response: Response },
  log: AuditLog,
): Trail {
  // Of a socket that is closed the address is no longer known.
  const remote = request.socket.remoteAddress ?? '';
  let who: { who: string; role?: string } = { who: '(unknown)' };
  let about: AuditedObject = namesOf(request.params);
  response.once('close', () => {
    log.write({
      ...{ request: String(request.id), ...who, remote, verb },
      path: request.path.slice(0, SHOWN_PATH_CHARS),
      ...about,
      ...(request.query['dryRun'] === undefined ? {} : { dryRun: true as const }),
      status: statusOf(response),
      ...(response.writableFinished ? {} : { aborted: true as const }),
    });
  });
  return {
    identify({ name, role }) {
      who = { who: name, role };
    },
    note(object) {
      about = { ...about, ...object };
    },
  };
}

/** What the path says, also of what is refused before it is looked for. */
function namesOf({ namespace, name }: Request['params']): AuditedObject {
  return {
    ...(typeof namespace === 'string' ? { namespace } : {}),
    ...(typeof name === 'string' ? { name } : {}),
  };
}
