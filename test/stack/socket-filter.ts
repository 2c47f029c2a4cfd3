import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { REPOSITORY } from './docker-cli.ts';

interface Stack {
  services: { engine: { command: string[] } };
}

/** What manifests/stack-socket-proxy.yml lets through, by method. */
function allowed(): Map<string, RegExp> {
  const file = readFileSync(join(REPOSITORY, 'manifests/stack-socket-proxy.yml'), 'utf8');
  const { command } = (parse(file) as Stack).services.engine;
  const rules = command.flatMap((argument) => {
    const [, method, path] = /^-allow([A-Z]+)=(.*)$/.exec(argument) ?? [];
    // The proxy puts ^ and $ around each pattern, and looks at the path without its query.
    return method === undefined ? [] : [[method, new RegExp(`^(?:${path})$`)] as const];
  });
  return new Map(rules);
}

/** A filter of the engine's calls with the rules of the stack, as the proxy of the stack is one. */
export async function startFilter(socketPath: string) {
  const rules = allowed();
  const refused: string[] = [];
  const server = createServer((incoming, answer) => {
    const { method = '', url = '', headers } = incoming;
    const { pathname } = new URL(url, 'http://engine');
    if (!rules.get(method)?.test(pathname)) {
      refused.push(`${method} ${pathname}`);
      answer.writeHead(403).end('Forbidden');
      return;
    }
    const outgoing = request({ socketPath, method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      answer.flushHeaders();
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    refused,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
