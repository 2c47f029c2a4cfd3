import { sizeBytes } from '../apis/index.ts';
import { type Path, quoted } from '../apis/validation/index.ts';
import { allowsHost } from './callback.ts';
import { coversPath } from './host-path.ts';
import { listed, type Refusal } from './refusal.ts';
import type { Rules } from './rules.ts';

/** Network file systems, whose devices are names of other machines. */
const REMOTE: ReadonlySet<string> = new Set(['nfs', 'nfs4', 'cifs', 'smb3']);
/** Options of them that are hosts (nfs(5), mount.cifs(8)). */
const HOSTS: ReadonlySet<string> = new Set(['addr', 'mountaddr', 'mounthost', 'ip', 'srcaddr']);
/** Options of overlay mounts that are lists of directories, `lowerdir+` one (overlayfs.rst). */
const LAYERS = /^(?:(?:lower|data)dir\+?|upperdir|workdir)$/;

/** What options ask to be mounted: `local` hands `type`, `o` and `device` to mount(2). */
interface Wanted {
  /** File systems; empty where nothing is mounted. */
  types: readonly string[];
  flags: readonly { name: string; value: string }[];
  devices: readonly string[];
  /** Of another machine. */
  isRemote: boolean;
}

/** What the options of a volume lead to: paths of nodes, other machines, file systems, memory. */
export function* judgeVolumeOptions(
  rules: Rules['mounts'],
  { name: driver, options }: { name: string; options: Readonly<Record<string, string>> },
  at: Path,
): Generator<Refusal> {
  for (const name of Object.keys(options)) {
    if (rules.volumeOptions.includes(name.trim().toLowerCase())) continue;
    const wrong = `the option ${quoted(name)} of volumes may lead to devices and directories of nodes`;
    const allowed = listed(rules.volumeOptions);
    yield { rule: 'mounts.volumeOptions', at: [...at, name], wrong, allowed };
  }
  const wanted = wantedBy(options);
  for (const type of wanted.types) {
    if (rules.volumeTypes.includes(type)) continue;
    const wrong = `the file system ${quoted(type)} is not one of them`;
    const allowed = listed(rules.volumeTypes);
    yield { rule: 'mounts.volumeTypes', at: [...at, 'type'], wrong, allowed };
  }
  const further =
    driver === 'local' ? [] : Object.values(options).filter((it) => /^\s*\//.test(it));
  for (const path of new Set([...pathsOf(wanted), ...further])) {
    if (coversPath(rules.binds, path.trim())) continue;
    const wrong = `these options mount ${quoted(path)} of a node, as a bind would`;
    yield { rule: 'mounts.binds', at, wrong, allowed: listed(rules.binds) };
  }
  yield* judgePropagation(rules, wanted, at);
  yield* judgeServers(rules, wanted, at);
  yield* judgeSize(rules, wanted, at);
}

function wantedBy(options: Readonly<Record<string, string>>): Wanted {
  const valuesOf = (wanted: string) =>
    Object.entries(options)
      .filter(([name]) => name.trim().toLowerCase() === wanted)
      .map(([, value]) => value.trim());
  const flags = valuesOf('o')
    .flatMap((value) => value.split(','))
    .map((flag) => {
      const [name = '', ...value] = flag.split('=');
      return { name: name.trim().toLowerCase(), value: value.join('=').trim() };
    });
  const devices = valuesOf('device').filter((device) => device !== '');
  const given = valuesOf('type').map((type) => type.toLowerCase() || 'none');
  const mounts = flags.length > 0 || devices.length > 0;
  const types = given.length === 0 && mounts ? ['none'] : given;
  const isBind = flags.some(({ name }) => name === 'bind' || name === 'rbind');
  return { types, flags, devices, isRemote: !isBind && types.some((type) => REMOTE.has(type)) };
}

/**
 * Paths on the node: `o=bind,device=/etc` is a bind mount by another name. The engine runs in the root
 * directory, so a path without a slash begins there.
 */
function pathsOf({ types, flags, devices, isRemote }: Wanted): string[] {
  const isBind = flags.some(({ name }) => name === 'bind' || name === 'rbind');
  const isMemory = !isBind && types.includes('tmpfs');
  const layers = flags
    .filter(({ name, value }) => LAYERS.test(name) || (!isRemote && value.includes('/')))
    .flatMap(({ value }) => value.split(':'));
  const paths = [...(isRemote || isMemory ? [] : devices), ...layers].filter((it) => it !== '');
  return paths.map((path) => (path.startsWith('/') ? path : `/${path}`));
}

function* judgePropagation(
  { propagation }: Rules['mounts'],
  { flags }: Wanted,
  at: Path,
): Generator<Refusal> {
  for (const { name } of flags) {
    const isSeen = /^r?(?:shared|slave)$/.test(name);
    if (!isSeen || propagation.some((it) => it === name)) continue;
    const wrong = `mounts of the task must not be seen by its node, as ${quoted(name)} makes them`;
    yield { rule: 'mounts.propagation', at: [...at, 'o'], wrong, allowed: listed(propagation) };
  }
}

/** Nodes log in there, from where they are: to loopback and to networks of the operator's too. */
function* judgeServers(
  { volumeServers }: Rules['mounts'],
  { flags, devices, isRemote }: Wanted,
  at: Path,
): Generator<Refusal> {
  if (!isRemote) return;
  const named = flags.filter(({ name }) => HOSTS.has(name)).map(({ value }) => value);
  const hosts = [...named, ...devices.map(hostOf)].filter((host) => host !== '');
  for (const host of hosts.length === 0 ? [''] : hosts) {
    if (host !== '' && allowsHost(volumeServers, host)) continue;
    const wrong =
      host === '' ? 'no server is named' : `the server ${quoted(host)} is not one of them`;
    yield { rule: 'mounts.volumeServers', at, wrong, allowed: listed(volumeServers) };
  }
}

/** Of `host:/path`, `[host]:/path` and `//host/path`; empty where there is none. */
function hostOf(device: string): string {
  const [, cifs, nfs = cifs] = /^(?:[/\\]{2}([^/\\]*)|(.*?):(?:\/|$))/.exec(device) ?? [];
  return (nfs ?? '').replace(/^\[|\]$/g, '').replace(/^.*@/, '');
}

/** As tmpfs(5) reads them: 0 is no limit, a part of the memory is more than may be known. */
function* judgeSize(
  { maxTmpfs }: Rules['mounts'],
  { types, flags }: Wanted,
  at: Path,
): Generator<Refusal> {
  if (maxTmpfs === undefined || !types.includes('tmpfs')) return;
  const sizes = flags.filter(({ name }) => name === 'size' || name === 'nr_blocks');
  const isBounded = ({ name, value }: { name: string; value: string }) => {
    const bytes = name === 'size' ? sizeBytes(value) : undefined;
    return bytes !== undefined && bytes > 0 && bytes <= (sizeBytes(maxTmpfs) ?? 0);
  };
  if (sizes.length > 0 && sizes.every(isBounded)) return;
  const wrong =
    sizes.length === 0 ? 'without a size it may take half of a node' : 'it may take more than that';
  yield { rule: 'mounts.maxTmpfs', at: [...at, 'o'], wrong, allowed: `at most ${maxTmpfs}` };
}
