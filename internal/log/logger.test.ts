import { describe, expect, it } from 'vitest';
import { createLogger } from './index.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void) {
  const lines: string[] = [];
  const log = createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } });
  write(log);
  return { text: lines.join(''), entries: lines.map((line) => JSON.parse(line)) };
}

describe('createLogger', () => {
  it('writes JSON lines with an ISO time and the level as a word', () => {
    const { entries } = logged((log) => log.info({ job: '01J' }, 'job accepted'));
    expect(entries).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        job: '01J',
        msg: 'job accepted',
      },
    ]);
  });

  it('leaves out what is below its level', () => {
    expect(logged((log) => log.debug('detail')).text).toBe('');
  });

  it('shows of an error its name, message, codes, stack and cause, and nothing else', () => {
    const error = Object.assign(new Error('engine said no', { cause: new TypeError('socket') }), {
      code: 'ECONNRESET',
      statusCode: 500,
      json: { body: 'payload' },
      config: { headers: { authorization: 'Bearer payload' } },
      command: { name: 'set', args: ['payload'] },
    });
    const { text, entries } = logged((log) => log.warn({ err: error }, 'call failed'));
    expect(entries[0].err).toEqual({
      name: 'Error',
      message: 'engine said no',
      code: 'ECONNRESET',
      statusCode: 500,
      stack: expect.stringContaining('logger.test.ts'),
      cause: { name: 'TypeError', message: 'socket', stack: expect.any(String) },
    });
    expect(text).not.toContain('payload');
  });

  it('ends at an error that is its own cause', () => {
    const error = new Error('round');
    error.cause = error;
    expect(logged((log) => log.error({ err: error }, 'x')).entries[0].err.message).toBe('round');
  });

  it('shows the messages below an error that only gathers others', () => {
    const error = new AggregateError([new Error('refused ::1'), new Error('refused 127.0.0.1')]);
    const { entries } = logged((log) => log.error({ err: error }, 'x'));
    expect(entries[0].err.message).toBe('refused ::1; refused 127.0.0.1');
  });

  it('never shows what is thrown and is no error', () => {
    const { text } = logged((log) => log.error({ err: { body: 'payload' } }, 'x'));
    expect(text).toContain('thrown: [object Object]');
    expect(text).not.toContain('payload');
  });

  it.each([
    { token: 's3cret' },
    { request: { token: 's3cret', password: 's3cret' } },
    { request: { headers: { authorization: 's3cret' } }, secret: 's3cret' },
  ])('hides the secrets of %j', (fields) => {
    const { text } = logged((log) => log.info(fields, 'x'));
    expect(text).toContain('[Redacted]');
    expect(text).not.toContain('s3cret');
  });
});
