import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { LoginAnswer } from '../apis/index.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import { checkLogin } from './login-check.ts';

const HOUR_MS = 3_600_000;

/** Runs the check; gives what was logged, and what was asked. */
function checking(answers: LoginAnswer[], settings: object = {}) {
  const [lines, asked, clock]: [string[], unknown[], FakeClock] = [[], [], new FakeClock()];
  const stop = new AbortController();
  const over = checkLogin(
    {
      basicAuth: {
        ...{ registry: 'https://r.example/v2/', username: { value: 'u' } },
        ...{ password: { value: 's3cret' }, ...settings },
      },
      check: async (auth) => {
        asked.push(auth);
        return answers.shift() ?? { kind: 'taken' };
      },
      clock,
      log: pino({}, { write: (line: string) => lines.push(line) }),
    },
    stop.signal,
  );
  const messages = () => lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
  return { lines, asked, clock, stop, over, messages };
}

it('tries the login once, unless it is to be tried again', async () => {
  const { asked, over, messages } = checking([]);
  await over;
  expect(asked).toEqual([{ username: 'u', password: 's3cret', serveraddress: 'r.example' }]);
  expect(messages()).toEqual(['the registry takes the login of BASIC_AUTH_USER']);
});

it('tries it again as often as it is told, until it is to end', async () => {
  const denied = { kind: 'denied', message: 'it says s3cret' } as const;
  const run = checking([{ kind: 'taken' }, denied], { reauthMs: 6 * HOUR_MS });
  await setImmediate();
  run.clock.advance(6 * HOUR_MS);
  await setImmediate();
  run.stop.abort();
  await run.over;
  expect(run.messages()).toEqual([
    'the registry takes the login of BASIC_AUTH_USER',
    'the registry refuses the login of BASIC_AUTH_USER',
  ]);
  expect(run.lines.join()).not.toContain('s3cret');
});

it('tells of a password that cannot be read', async () => {
  const { over, asked, messages } = checking([], { password: { value: 'x', file: '/no/such' } });
  await over;
  expect(asked).toEqual([]);
  expect(messages()).toEqual(['the login of BASIC_AUTH_USER cannot be read']);
});
