/** What the store refused, and why. */
const STORE_ERROR_CODES = [
  'NotFound',
  'Finished',
  /** The job is not finished yet. */
  'Running',
  'NothingToRetry',
  'NoCallback',
  'DuplicateTask',
  /** Somebody else is adding tasks to the job. */
  'Busy',
  'IdempotencyConflict',
  'Superseded',
  'ReportConflict',
  'TaskMismatch',
  /** The fencing token is not the current leader's. */
  'Fenced',
  /** The record is not the one that the write was decided on. */
  'Conflict',
  /** Not every task of the job is counted. */
  'NotDone',
  /** The namespace would have more than its quota. */
  'QuotaExceeded',
  /** Another job has the name. */
  'NameTaken',
  /** The object is not of the version that was asked for. */
  'VersionMismatch',
  /**
   * Redis did not answer: nothing is known of the outcome. Or it refused, or is too full for anything new: then
   * `details` says why.
   */
  'Unavailable',
  /** A record cannot be read. */
  'Corrupt',
] as const;
export type StoreErrorCode = (typeof STORE_ERROR_CODES)[number];

/** A store call that did not do what it was asked for. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  /** Names or values the message speaks of, one each. */
  readonly details: readonly string[];

  constructor(
    code: StoreErrorCode,
    message: string,
    details: readonly string[] = [],
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StoreError';
    this.code = code;
    this.details = details;
  }
}
