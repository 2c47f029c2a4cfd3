import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type ProcessRef, requireProcessRef } from './process.ts';
import { freeSubnet, routedNetworks } from './subnet.ts';

/** Everything the lab writes to disk is below this folder. */
const labRoot = '/var/tmp/swarmer-lab';
export const cacheDir = join(labRoot, 'cache');
export const lockFile = join(labRoot, 'lock');

/**
 * What a lab is called on this machine. All of it follows from the lab's number, so a folder alone
 * is enough to find what belongs to it.
 */
export interface LabNames {
  id: string;
  dir: string;
  /** Every network link of the lab in the namespace of its owner begins with this. */
  linkPrefix: string;
  /** Every cgroup of the lab's containers is below a top-level cgroup that begins with this. */
  cgroupPrefix: string;
}

/** `state.json`: written when the number is claimed, before anything is started. */
export interface LabState extends LabNames {
  owner: ProcessRef;
  /** First three bytes of the lab's /24. */
  subnet: string;
  /** The test process, as seen from tasks. */
  hostAddress: string;
}

export type ProcessRole =
  | 'network'
  | 'node supervisor'
  | 'node init'
  | 'redis'
  | 'registry'
  | 'prometheus';

/** `processes/<name>.json`: one file each, so that several processes may add theirs. */
export interface ProcessRecord extends ProcessRef {
  name: string;
  role: ProcessRole;
}

function labNames(number: number): LabNames {
  return {
    id: `lab${number}`,
    dir: join(labRoot, `lab${number}`),
    linkPrefix: `swl${number}-`,
    cgroupPrefix: `swarmer-lab-${number}-`,
  };
}

/** The labs that have a folder. */
export function listLabs(): LabNames[] {
  if (!existsSync(labRoot)) return [];
  return readdirSync(labRoot).flatMap((entry) => {
    const number = /^lab(\d+)$/.exec(entry)?.[1];
    return number === undefined ? [] : [labNames(Number(number))];
  });
}

/** Takes a free number and network for a lab owned by this process. Call it under the lab lock. */
export async function claimLab(): Promise<LabState> {
  const routed = await routedNetworks();
  for (let number = 1; number <= 254; number += 1) {
    const names = labNames(number);
    const subnet = freeSubnet(number, routed);
    if (subnet === undefined || existsSync(names.dir)) continue;
    const hostAddress = `${subnet}.1`;
    const owner = requireProcessRef(process.pid);
    const state: LabState = { ...names, owner, subnet, hostAddress };
    mkdirSync(join(names.dir, 'processes'), { recursive: true });
    writeJson(join(names.dir, 'state.json'), state);
    return state;
  }
  throw new Error(
    `all 254 lab numbers or their networks are taken; see ${labRoot} and \`ip route\`, and run: npx tsx test/lab/clean.ts`,
  );
}

/** The lab's state; undefined when its owner died between making the folder and writing it. */
export function readState(names: LabNames): LabState | undefined {
  const file = join(names.dir, 'state.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LabState) : undefined;
}

export function recordProcess(labDir: string, record: ProcessRecord): void {
  const dir = join(labDir, 'processes');
  mkdirSync(dir, { recursive: true });
  writeJson(join(dir, `${record.name}.json`), record);
}

export function forgetProcess(labDir: string, name: string): void {
  rmSync(join(labDir, 'processes', `${name}.json`), { force: true });
}

export function readProcesses(labDir: string): ProcessRecord[] {
  const dir = join(labDir, 'processes');
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(dir, file), 'utf8')) as ProcessRecord);
}

/** Whole or not at all: a reader never sees half a file. */
function writeJson(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}
