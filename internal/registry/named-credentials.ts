import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { CredentialName, LoginResult } from '../apis/index.ts';
import { textOf } from './held-text.ts';
import { found } from './login.ts';
import {
  CredentialFileError,
  type NamedCredential,
  parseCredentials,
  secretOf,
} from './operator-file.ts';
import type { CredentialSource, LoginRequest } from './source.ts';

/** The credentials of the operator's file. It is read at every use: a change counts at once. */
export class NamedCredentials implements CredentialSource {
  readonly #path: string;
  readonly #log: Logger;

  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
  }

  async find({ registry, namespace, credential }: LoginRequest): Promise<LoginResult> {
    const all = await this.#known();
    if (all === undefined) {
      const message = 'the file of registry credentials cannot be read';
      return { kind: 'failed', message, passing: true };
    }
    if (credential === undefined) {
      const match = all.find((it) => it.registry === registry && isFor(it, namespace));
      return match === undefined ? { kind: 'none' } : login(match);
    }
    const named = all.find(({ name }) => name === credential);
    // A name that another namespace has is told as one that does not exist.
    if (named === undefined || !isFor(named, namespace)) return refused(unknown(credential));
    if (named.registry === registry) return login(named);
    return refused(
      `registry credential "${credential}" is for ${named.registry}, and the image is of ${registry}`,
    );
  }

  async names(): Promise<CredentialName[] | undefined> {
    const all = await this.#known();
    return all?.map(({ name, namespaces }) => ({
      name,
      ...(namespaces === undefined ? {} : { namespaces }),
    }));
  }

  /** What is wrong with the file, one line each. */
  async problems(): Promise<readonly string[]> {
    try {
      await this.#read();
      return [];
    } catch (error) {
      if (error instanceof CredentialFileError) return error.problems;
      return [error instanceof Error ? error.message : String(error)];
    }
  }

  /** Undefined when the file cannot be used: what is wrong with it is for the operator alone. */
  async #known(): Promise<NamedCredential[] | undefined> {
    try {
      return await this.#read();
    } catch (err) {
      this.#log.error({ err }, 'the file of registry credentials cannot be used');
      return undefined;
    }
  }

  /** @throws CredentialFileError, or the system's error when there is no such file. */
  async #read(): Promise<NamedCredential[]> {
    return parseCredentials(await readFile(this.#path, 'utf8'));
  }
}

function isFor({ namespaces }: NamedCredential, namespace: string): boolean {
  return namespaces?.includes(namespace) ?? true;
}

function refused(message: string): LoginResult {
  return { kind: 'refused', message };
}

function unknown(name: string): string {
  return `there is no registry credential "${name}" for this namespace: ask the operator, or correct spec.registryCredential`;
}

async function login(entry: NamedCredential): Promise<LoginResult> {
  const source = `credential "${entry.name}"`;
  const { passwordFile } = entry;
  try {
    const text = passwordFile && (await textOf({ value: '', file: passwordFile }));
    return found(entry.registry, source, secretOf(entry, text || undefined));
  } catch {
    return {
      kind: 'failed',
      message: `the password file of ${source} cannot be read`,
      passing: true,
    };
  }
}
