/** Network file systems, whose devices are names of other machines. */
const REMOTE: ReadonlySet<string> = new Set(['nfs', 'nfs4', 'cifs', 'smb3']);
/** Options of overlay mounts that are lists of directories. */
const LAYERS: ReadonlySet<string> = new Set(['lowerdir', 'upperdir', 'workdir']);

/**
 * The paths on the node that options of a volume lead to: `local` mounts what `type`, `o` and `device`
 * say, as mount(8) does, so `o=bind,device=/etc` is a bind mount by another name. The engine runs in
 * the root directory, so a path without a slash begins there.
 */
export function devicePaths(options: Readonly<Record<string, string>>): string[] {
  const valuesOf = (wanted: string) =>
    Object.entries(options)
      .filter(([name]) => name.trim().toLowerCase() === wanted)
      .map(([, value]) => value.trim());
  const flags = valuesOf('o').flatMap((value) => value.split(','));
  const types = valuesOf('type').map((type) => type.toLowerCase());
  const isBind = flags.some((flag) => /^\s*r?bind\s*$/i.test(flag));
  const isElsewhere = !isBind && types.some((type) => REMOTE.has(type) || type === 'tmpfs');
  const devices = isElsewhere ? [] : valuesOf('device');
  const paths = [...devices, ...flags.flatMap(layersOf)].filter((path) => path !== '');
  return paths.map((path) => (path.startsWith('/') ? path : `/${path}`));
}

function layersOf(flag: string): string[] {
  const [name = '', ...value] = flag.split('=');
  return LAYERS.has(name.trim().toLowerCase()) ? value.join('=').trim().split(':') : [];
}
