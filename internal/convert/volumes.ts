import type { Path } from '../apis/validation/index.ts';
import { defined } from './defined.ts';
import { CLAIM, EMPTY_DIR, HOST_PATH, VOLUME, VOLUME_MOUNT } from './fields/volumes.ts';
import type { Origins } from './origins.ts';
import { readQuantity, wholeBytes } from './quantity.ts';
import type { Source } from './source.ts';

/** A mount of ours, but for its target. */
type Mounted = Record<string, unknown>;

/** `volumeMounts` of the container, of `volumes` of its pod. @param spec of ours. */
export function convertMounts(pod: Source, container: Source, origins: Origins, spec: Path) {
  const volumes = new Map(
    pod.objects('volumes').map((it) => [it.value('name'), convertVolume(it)]),
  );
  const mounts: Mounted[] = [];
  for (const source of container.objects('volumeMounts')) {
    source.noteOthers(VOLUME_MOUNT);
    const [name, target] = [source.text('name'), source.text('mountPath')];
    source.require('mountPath', 'a path');
    if (!volumes.has(name)) {
      source.notes.error(source.at('name'), 'must be the name of one of the volumes of the pod');
    }
    const volume = volumes.get(name);
    if (volume === undefined || target === undefined) continue;
    const at = [...spec, 'mounts', mounts.length];
    origins.set(at, source.path);
    origins.set([...at, 'target'], source.at('mountPath'));
    const readOnly = source.flag('readOnly') || volume['readOnly'];
    const { type, source: from, ...others } = volume;
    mounts.push({
      ...defined({ type, source: from, target }),
      ...others,
      ...(readOnly === true ? { readOnly } : {}),
    });
  }
  return mounts.length === 0 ? undefined : mounts;
}

/** @returns undefined for what is no mount here, which is noted. */
function convertVolume(volume: Source): Mounted | undefined {
  volume.noteOthers(VOLUME);
  const [empty, path, claim] = [
    volume.object('emptyDir'),
    volume.object('hostPath'),
    volume.object('persistentVolumeClaim'),
  ];
  if (empty !== undefined) return convertEmptyDir(empty);
  if (path !== undefined) return convertHostPath(path);
  return claim && convertClaim(claim);
}

/** In memory, or a volume that goes with the container. */
function convertEmptyDir(source: Source): Mounted {
  source.noteOthers(EMPTY_DIR);
  const sizeBytes = sizeOf(source);
  const medium = source.text('medium');
  if (medium === 'Memory') {
    return { type: 'tmpfs', ...(sizeBytes === undefined ? {} : { tmpfs: { sizeBytes } }) };
  }
  if (medium) source.notes.dropped(source.at('medium'), 'becomes a volume of the node');
  if (sizeBytes !== undefined) {
    const message = 'the size of a volume is not limited here: only that of one in memory';
    source.notes.dropped(source.at('sizeLimit'), message);
  }
  return { type: 'volume' };
}

function sizeOf(source: Source): number | undefined {
  const value = source.value('sizeLimit');
  if (value === undefined) return undefined;
  const isScalar = typeof value === 'string' || typeof value === 'number';
  const nanos = isScalar ? readQuantity(String(value)) : undefined;
  if (nanos !== undefined) return Number(wholeBytes(nanos)) || undefined;
  source.notes.error(source.at('sizeLimit'), 'must be a quantity such as "64Mi"');
  return undefined;
}

function convertHostPath(source: Source): Mounted {
  source.noteOthers(HOST_PATH);
  source.require('path', 'a path of the node');
  const message = 'becomes a mount of type bind, which the policy of the server must allow';
  source.notes.changed(source.at('path'), message);
  return { type: 'bind', source: source.text('path') };
}

function convertClaim(source: Source): Mounted {
  source.noteOthers(CLAIM);
  source.require('claimName', 'the name of a claim');
  const message =
    'becomes a volume of this name: each node has its own, and makes it when it is not there';
  source.notes.changed(source.at('claimName'), message);
  const readOnly = source.flag('readOnly') ? { readOnly: true } : {};
  return { type: 'volume', source: source.text('claimName'), ...readOnly };
}
