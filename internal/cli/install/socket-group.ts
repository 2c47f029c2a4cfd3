import { stat } from 'node:fs/promises';
import { systemCode } from '../errors.ts';

const UNIX = 'unix://';
const DEFAULT_SOCKET = '/var/run/docker.sock';

/** The group that may open the engine's socket; undefined where that is no file of this machine. */
export async function socketGroup(dockerHost: string | undefined): Promise<number | undefined> {
  const host = dockerHost || UNIX + DEFAULT_SOCKET;
  if (!host.startsWith(UNIX)) return undefined;
  try {
    return (await stat(host.slice(UNIX.length))).gid;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
