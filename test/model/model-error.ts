/** The engine refuses a call. Shaped as dockerode's errors, so that both are told apart alike. */
export class ModelError extends Error {
  override name = 'ModelError';
  /** HTTP status. */
  readonly statusCode: number;
  /** Body of the reply. */
  readonly json: { message: string };

  constructor(statusCode: number, message: string) {
    super(`(HTTP code ${statusCode}) ${message}`);
    this.statusCode = statusCode;
    this.json = { message };
  }
}

/** Nothing listens: the daemon that is called does not run. */
export class ConnectionRefused extends Error {
  override name = 'ConnectionRefused';
}

/** The call is taken and never answered. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
}
