import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { OperationObject } from '../document.ts';
import { curlOf, curlOfEvents } from './curl.ts';

function operation(more: Partial<OperationObject>): OperationObject {
  const rest = { operationId: 'x', tags: ['Jobs'] as [string], summary: 'x' };
  return { ...rest, parameters: [], responses: {}, security: [{ userToken: [] }], ...more };
}

/** The arguments that a shell makes of a command line. */
function argsOf(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }; ${command}`;
  const env = {
    SWARMER_SERVER: 'http://a',
    SWARMER_TOKEN: 't',
    SWARMER_ADDRESS: 'http://b?token=c',
  };
  return execFileSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

describe('the command line of a call', () => {
  it('fills the path and sends the token', () => {
    const command = curlOf('get', '/v1/namespaces/{namespace}/jobs/{name}', operation({}));
    expect(argsOf(command)).toEqual([
      'http://a/v1/namespaces/default/jobs/report',
      ...['-H', 'Authorization: Bearer t'],
    ]);
  });

  it('sends the body of the example whatever is in it', () => {
    const example = { say: `it's "$(date)" \`x\` \\n` };
    const requestBody = {
      required: true,
      content: { 'application/json': { schema: {}, example } },
    } as const;
    const args = argsOf(curlOf('post', '/submit', operation({ requestBody })));
    expect(args.slice(0, 3)).toEqual(['-X', 'POST', 'http://a/submit']);
    expect(JSON.parse(args.at(-1) ?? '')).toEqual(example);
  });

  it('has no token where none is needed, and that of the attempt for a report', () => {
    expect(argsOf(curlOf('get', '/docs', operation({ security: [] })))).toEqual(['http://a/docs']);
    const report = operation({ security: [{ reportToken: [] }] });
    expect(argsOf(curlOf('post', '/result/{id}', report))).toEqual([
      ...['-X', 'POST', 'http://b?token=c'],
    ]);
  });

  it('reads events without a buffer, where there are any', () => {
    const watch = { name: 'watch', in: 'query', description: 'x', schema: {} } as const;
    const command = curlOfEvents('/v1/jobs', operation({ parameters: [watch] })) ?? '';
    expect(argsOf(command).slice(0, 2)).toEqual(['-N', 'http://a/v1/jobs?watch=true']);
    expect(curlOfEvents('/v1/jobs', operation({}))).toBeUndefined();
  });
});
