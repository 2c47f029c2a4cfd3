import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../lab/spawn.ts';

/** Paths of PEM files. */
export interface Certificates {
  ca: string;
  server: { cert: string; key: string };
  client: { cert: string; key: string };
  /** A CA that has signed none of the others. */
  stranger: string;
}

/** Makes a CA, a server's certificate for the name `redis.internal` only, and a client's. */
export async function makeCertificates(parent: string): Promise<Certificates> {
  const dir = mkdtempSync(join(parent, 'certificates-'));
  const file = (name: string) => join(dir, name);
  const authority = async (name: string) => {
    const [cert, key] = [file(`${name}.pem`), file(`${name}-key.pem`)];
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-days', '2', '-subj', `/CN=${name}`, '-keyout', key, '-out', cert],
    ]);
    return { cert, key };
  };
  const [ca, stranger] = await Promise.all([authority('ca'), authority('stranger')]);
  const signed = async (name: string, extension: string) => {
    const [cert, key, request] = [
      file(`${name}.pem`),
      file(`${name}-key.pem`),
      file(`${name}.csr`),
    ];
    const extensions = file(`${name}.ext`);
    writeFileSync(extensions, extension);
    await run('openssl', [
      ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-subj', `/CN=${name}`, '-keyout', key, '-out', request],
    ]);
    await run('openssl', [
      ...['x509', '-req', '-in', request, '-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial'],
      ...['-days', '2', '-extfile', extensions, '-out', cert],
    ]);
    return { cert, key };
  };
  const server = await signed('server', 'subjectAltName=DNS:redis.internal\n');
  const client = await signed('client', 'extendedKeyUsage=clientAuth\n');
  return { ca: ca.cert, server, client, stranger: stranger.cert };
}
