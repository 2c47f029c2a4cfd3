import type { RequestHandler } from 'express';
import type { Clock } from '../../clock/clock.ts';
import type { ReadinessCheck } from '../options.ts';

/** How long a check may take. */
const CHECK_LIMIT_MS = 2000;

interface CheckResult {
  name: string;
  ok: boolean;
  /** The server is ready without it. */
  advisory?: true;
  /** Why it is not ok. */
  message?: string;
}

/** `GET /healthz`: the process runs and answers. */
export const healthz: RequestHandler = (_request, response) => {
  response.status(200).json({ status: 'ok' });
};

/** `GET /v1/version`. */
export function version(text: string): RequestHandler {
  return (_request, response) => {
    response.status(200).json({ version: text });
  };
}

/** `GET /readyz`: whether all that the server needs answers; 503 when something does not. */
export function readyz(checks: readonly ReadinessCheck[], clock: Clock): RequestHandler {
  return async (_request, response) => {
    const results = await Promise.all(checks.map((check) => run(check, clock)));
    const ready = results.every(({ ok, advisory }) => ok || advisory);
    const shown = results.filter(({ ok }, i) => !ok || !checks[i]?.quiet);
    response.status(ready ? 200 : 503).json({ ready, checks: shown });
  };
}

async function run(check: ReadinessCheck, clock: Clock): Promise<CheckResult> {
  const shown = check.advisory
    ? { name: check.name, advisory: true as const }
    : { name: check.name };
  let cancel = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    const message = `no answer within ${CHECK_LIMIT_MS / 1000} s`;
    cancel = clock.after(CHECK_LIMIT_MS, () => reject(new Error(message)));
  });
  try {
    await Promise.race([check.check(), late]);
    return { ...shown, ok: true };
  } catch (error) {
    return { ...shown, ok: false, message: error instanceof Error ? error.message : String(error) };
  } finally {
    cancel();
  }
}
