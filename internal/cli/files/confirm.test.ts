import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../clock/fake-clock.ts';
import { Context } from '../context.ts';
import { Interrupted } from '../errors.ts';
import { Options } from '../options.ts';
import { confirm } from './confirm.ts';
import { pruneOrder } from './prune-run.ts';

function terminal(values: Record<string, unknown> = {}) {
  const streams = {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
  };
  for (const stream of Object.values(streams)) Object.assign(stream, { isTTY: true });
  const rest = {
    argv: [],
    env: {},
    signals: new EventEmitter(),
    clock: new FakeClock(),
    version: '1',
  };
  const stop = new AbortController();
  const io = { ...streams, ...rest };
  const options = new Options(values);
  const context = new Context({ io, options, signal: stop.signal, commands: [] });
  return { context, ...streams, stop };
}

describe('asking', () => {
  it.each([
    ['y\n', true],
    ['Yes\r\n', true],
    ['n\n', false],
    ['\n', false],
    ['yesterday\n', false],
  ])('takes %j as %s', async (answer, expected) => {
    const { context, stdin, stderr } = terminal();
    const asked = confirm(context, 'Delete?');
    stdin.write(answer);
    expect(await asked).toBe(expected);
    expect(String(stderr.read())).toBe('Delete? [y/N] ');
  });

  it('takes the end of input as a no', async () => {
    const { context, stdin } = terminal();
    const asked = confirm(context, 'Delete?');
    stdin.end();
    expect(await asked).toBe(false);
  });

  it('ends at Ctrl-C', async () => {
    const { context, stop } = terminal();
    const asked = confirm(context, 'Delete?');
    stop.abort(new Interrupted());
    await expect(asked).rejects.toThrow(Interrupted);
  });
});

describe('what --prune may do', () => {
  const order = (values: Record<string, unknown>) =>
    pruneOrder(terminal().context, new Options({ prune: true, selector: 'app=x', ...values }));

  it('is asked for at a terminal', () => {
    expect(order({})).toEqual({ selector: 'app=x', dryRun: false, yes: false });
  });

  it('cannot be asked for while the files come from there', () => {
    expect(() => order({ filename: ['-'] })).toThrow('say --yes');
    expect(order({ filename: ['-'], yes: true })).toMatchObject({ yes: true });
  });
});
