import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const ASK = Symbol('ask for the body');

/**
 * Has requests with `Expect: 100-continue` handled as any other, without asking for their bodies: whoever is
 * refused by the headers is to send none. The connection of such a refusal ends with it, as what its client does
 * next is not known: it may send the body all the same.
 */
export function deferBodies(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('Connection', 'close');
    const ask = () => {
      response.removeHeader('Connection');
      response.writeContinue();
    };
    Object.defineProperty(request, ASK, { value: ask, configurable: true });
    server.emit('request', request, response);
  });
}

/** Asks for the body of a request that waits to be asked. To be called before it is read. */
export function askForBody(request: IncomingMessage): void {
  const ask: unknown = Reflect.get(request, ASK);
  if (typeof ask !== 'function') return;
  Reflect.deleteProperty(request, ASK);
  ask();
}
