import type { JobSpec, TaskSpec } from '../job.ts';
import { fileReference, networkReference } from '../template.ts';
import type { Path } from './path.ts';
import { pathText } from './path.ts';
import type { ProblemList } from './problems.ts';
import { filePath, normalPath } from './template-shapes.ts';

/**
 * Adds what fields say together and cannot be, each of them being right alone. To be called with all that
 * the server and the operator have filled in.
 * @param at where the spec stands in the body.
 */
export function addConflicts(
  spec: JobSpec,
  tasks: readonly TaskSpec[],
  at: Path,
  problems: ProblemList,
): void {
  const refuse = (path: Path, message: string) => problems.add([...at, ...path], () => message);
  checkSuccessPolicy(spec, tasks, refuse);
  checkSysctls(spec, refuse);
  checkCommands(spec, tasks, refuse);
  checkFiles(spec, refuse);
}

type Refuse = (path: Path, message: string) => void;

/** Tasks that are added later make it less, never more, than the job has. */
function checkSuccessPolicy(
  { successPolicy }: JobSpec,
  { length }: readonly TaskSpec[],
  refuse: Refuse,
): void {
  if (successPolicy === undefined || successPolicy.succeededCount <= length) return;
  const message = `must be at most ${length}, as many as the job has tasks: it could never be met`;
  refuse(['successPolicy', 'succeededCount'], message);
}

/** runc refuses what would change the node itself (libcontainer/configs/validate). */
function checkSysctls({ networks = [], sysctls = {} }: JobSpec, refuse: Refuse): void {
  if (!networks.some((it) => networkReference(it).name === 'host')) return;
  for (const name of Object.keys(sysctls)) {
    if (!name.startsWith('net.')) continue;
    refuse(['sysctls', name], 'must not be given with the network "host": it is of the node then');
  }
}

/** An empty word alone takes the ENTRYPOINT away, so that the arguments are the command. */
function checkCommands(
  { command, completions }: JobSpec,
  tasks: readonly TaskSpec[],
  refuse: Refuse,
): void {
  const message = 'must begin with a program; [""] takes the ENTRYPOINT away, and needs args';
  for (const [index, { command: own, args }] of tasks.entries()) {
    const [first, ...more] = own ?? command ?? ['x'];
    if (first !== '' || (more.length === 0 && args.length > 0)) continue;
    const isOwn = own !== undefined && completions === undefined;
    refuse(isOwn ? ['tasks', index, 'command'] : ['command'], message);
    if (!isOwn) return;
  }
}

/** Something that the engine puts into the container. */
interface Placed {
  path: string;
  at: Path;
  isFile: boolean;
}

/**
 * Files and mounts at one place, or below a file: one hides the other, or the container does not start.
 * Of one secret or config the engine keeps one file, with one owner and mode, wherever it is wanted.
 */
function checkFiles(spec: JobSpec, refuse: Refuse): void {
  const placed: Placed[] = [];
  const place = (it: Placed): boolean => {
    const message = conflict(placed, it);
    if (message !== undefined) refuse(it.at, message);
    else placed.push(it);
    return message === undefined;
  };
  for (const kind of ['secret', 'config'] as const) {
    const first = new Map<string, { at: Path; looks: string }>();
    for (const [index, given] of (spec[`${kind}s`] ?? []).entries()) {
      const { source, target = source, uid = '0', gid = '0', mode = '0444' } = fileReference(given);
      const at = [`${kind}s`, index];
      if (!place({ path: filePath(kind, target), at, isFile: true })) continue;
      const looks = [uid, gid, parseInt(mode, 8)].map(Number).join();
      const earlier = first.get(source) ?? { at, looks };
      first.set(source, earlier);
      if (earlier.looks === looks) continue;
      const of = pathText(earlier.at);
      refuse(at, `must have the mode, uid and gid of ${of}: the engine keeps one file of both`);
    }
  }
  for (const [index, { target }] of (spec.mounts ?? []).entries()) {
    place({ path: normalPath(target), at: ['mounts', index], isFile: false });
  }
}

function conflict(placed: readonly Placed[], { path, isFile }: Placed): string | undefined {
  for (const other of placed) {
    const of = pathText(other.at);
    if (other.path === path) return `is put where ${of} is, at ${path}`;
    if (other.isFile && path.startsWith(`${other.path}/`)) {
      return `is put below ${of}, which is a file: ${other.path}`;
    }
    if (isFile && other.path.startsWith(`${path}/`)) return `is a file, and ${of} is put below it`;
  }
  return undefined;
}
