import { type Mount, sizeBytes } from '../apis/index.ts';
import { type Path, quoted } from '../apis/validation/index.ts';
import { coversPath } from './host-path.ts';
import { matchesAny } from './pattern.ts';
import { type Judge, listed, type Refusal } from './refusal.ts';
import type { Rules } from './rules.ts';
import { judgeVolumeOptions } from './volume-options.ts';

type MountRules = Rules['mounts'];

/** What is mounted into a task: volumes and memory are its own, directories of nodes are not. */
export const judgeMounts: Judge = function* ({ mounts: rules }, { spec: { mounts = [] } }) {
  for (const [index, mount] of mounts.entries()) {
    const at = ['mounts', index];
    if (!rules.types.includes(mount.type)) {
      const wrong = `mounts of type ${mount.type} are not among them`;
      yield { rule: 'mounts.types', at: [...at, 'type'], wrong, allowed: listed(rules.types) };
    }
    if (mount.type === 'bind') yield* judgeBind(rules, mount, at);
    if (mount.type === 'volume') yield* judgeVolume(rules, mount, at);
    if (mount.type === 'tmpfs') yield* judgeTmpfs(rules, mount, at);
  }
};

function* judgeBind(rules: MountRules, mount: Mount, at: Path): Generator<Refusal> {
  const { source = '', readOnly = false, bind } = mount;
  const paths = readOnly ? [...rules.binds, ...rules.readOnlyBinds] : rules.binds;
  if (!coversPath(paths, source)) {
    const how = coversPath(rules.readOnlyBinds, source) ? ', unless "readOnly" is true' : '';
    const wrong = `${quoted(source)} must not be mounted from a node${how}`;
    yield { rule: 'mounts.binds', at: [...at, 'source'], wrong, allowed: listed(paths) };
  }
  const { propagation = 'rprivate' } = bind ?? {};
  if (rules.propagation.includes(propagation)) return;
  yield {
    rule: 'mounts.propagation',
    at: [...at, 'bind', 'propagation'],
    wrong: `mounts of the task must not be seen by its node, as ${quoted(propagation)} makes them`,
    allowed: listed(rules.propagation),
  };
}

function* judgeVolume(rules: MountRules, mount: Mount, at: Path): Generator<Refusal> {
  const { source, volume } = mount;
  if (source !== undefined && !matchesAny(rules.volumes, source)) {
    const wrong = `the volume ${quoted(source)} is not one of them`;
    yield { rule: 'mounts.volumes', at: [...at, 'source'], wrong, allowed: listed(rules.volumes) };
  }
  const { name = 'local', options = {} } = volume?.driver ?? {};
  const driver = [...at, 'volume', 'driver'];
  if (!matchesAny(rules.volumeDrivers, name)) {
    const wrong = `the volume driver ${quoted(name)} is not one of them`;
    const allowed = listed(rules.volumeDrivers);
    yield { rule: 'mounts.volumeDrivers', at: [...driver, 'name'], wrong, allowed };
  }
  yield* judgeVolumeOptions(rules, { name, options }, [...driver, 'options']);
}

function* judgeTmpfs({ maxTmpfs }: MountRules, { tmpfs }: Mount, at: Path): Generator<Refusal> {
  if (maxTmpfs === undefined) return;
  const { sizeBytes: size } = tmpfs ?? {};
  if (size !== undefined && size <= (sizeBytes(maxTmpfs) ?? 0)) return;
  const wrong =
    size === undefined ? 'without a size it may take half of a node' : `${size} is more than that`;
  const allowed = `at most ${maxTmpfs}`;
  yield { rule: 'mounts.maxTmpfs', at: [...at, 'tmpfs', 'sizeBytes'], wrong, allowed };
}
