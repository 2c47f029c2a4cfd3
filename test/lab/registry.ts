import { mkdtempSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type Docker from 'dockerode';
import { followed } from './images.ts';
import { endProcess, isAlive } from './process.ts';
import { lastLines, spawnGated } from './spawn.ts';
import { forgetProcess, recordProcess } from './state.ts';
import { GiveUp, waitFor } from './wait.ts';

/** A registry of images that asks for a login, reachable from every node of its lab. */
export interface Registry {
  /** Host and port, as image references begin. */
  host: string;
  /** Puts an image of an engine into the registry. Returns the reference, `<host>/<name>`. */
  push(engine: Docker, image: string, name: string): Promise<string>;
  /** Ends it; the lab's end is its end at the latest. */
  stop(): Promise<void>;
}

interface RegistryOptions {
  /** Folder of the lab, and the address that its nodes reach. */
  lab: { dir: string; hostAddress: string };
  port?: number;
}

/** Who may read and write in every lab's registry. */
export const REGISTRY_USER = { username: 'robot', password: 'right-Secret.of/the+lab=1' };
/** The bcrypt of that password, as `htpasswd -B` writes it. */
const HTPASSWD = `${REGISTRY_USER.username}:$2y$04$kvO0PK1WWnXMcEPGv4bZwukRG2s1OS7FBsKhE2kBBgz7cmpyxggDu\n`;

/** Starts Debian's docker-registry on the lab's bridge, over HTTP: the lab's engines allow that. */
export async function startRegistry({ lab }: RegistryOptions): Promise<Registry> {
  const dir = mkdtempSync(join(lab.dir, 'registry-'));
  const host = `${lab.hostAddress}:5000`;
  writeFileSync(join(dir, 'htpasswd'), HTPASSWD);
  writeFileSync(join(dir, 'config.yml'), configuration(dir, host));
  const log = join(dir, 'registry.log');
  const name = basename(dir);
  const server = await spawnGated({
    command: 'docker-registry',
    args: ['serve', join(dir, 'config.yml')],
    log,
    dieWithOwner: true,
    record: (ref) => recordProcess(lab.dir, { ...ref, name, role: 'registry' }),
  });
  const answers = async () => {
    if (!isAlive(server)) throw new GiveUp(`the registry died; ${lastLines(log)}`);
    return (await fetch(`http://${host}/v2/`)).status === 401;
  };
  await waitFor(answers, { what: 'the registry to answer', detail: () => lastLines(log) });
  return {
    host,
    push: (engine, image, pushed) => push(engine, image, `${host}/${pushed}`),
    async stop() {
      await endProcess(server, name);
      forgetProcess(lab.dir, name);
    },
  };
}

/** JSON is YAML too. */
function configuration(dir: string, addr: string): string {
  return JSON.stringify({
    version: 0.1,
    storage: { filesystem: { rootdirectory: join(dir, 'data') } },
    http: { addr },
    auth: { htpasswd: { realm: 'lab', path: join(dir, 'htpasswd') } },
  });
}

async function push(engine: Docker, image: string, reference: string): Promise<string> {
  const colon = reference.lastIndexOf(':');
  await engine
    .getImage(image)
    .tag({ repo: reference.slice(0, colon), tag: reference.slice(colon + 1) });
  const tagged = engine.getImage(reference);
  await followed(engine, await tagged.push({ authconfig: REGISTRY_USER }));
  await tagged.remove();
  return reference;
}
