import type { Address } from './listen.ts';

type Explain = (address: Address) => string;

const EXPLANATIONS: Record<string, Explain> = {
  EADDRINUSE: ({ host, port }) =>
    `Port ${port} on ${host} is in use: stop the program that listens there, or choose another port.`,
  EACCES: ({ port }) =>
    `This user may not listen on port ${port}: choose a port above 1023, or allow it.`,
  EADDRNOTAVAIL: ({ host }) =>
    `This machine does not have the address ${host}: choose one that it has, or 0.0.0.0 for all.`,
  ENOTFOUND: ({ host }) => `The host name ${host} is not known: choose an address of this machine.`,
};

/** Says in one sentence why a server cannot listen, and what to do. */
export function listenFailure(error: unknown, address: Address): Error {
  const explain = EXPLANATIONS[codeOf(error)];
  const words = error instanceof Error ? error.message : String(error);
  const fallback = `Cannot listen on ${address.host}, port ${address.port}: ${words}.`;
  return new Error(explain?.(address) ?? fallback, { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
