import { fileReference, networkReference, type TaskTemplate } from '../apis/index.ts';
import type { EngineFile } from './engine-spec.ts';
import { given } from './given.ts';

/** Ids by name. */
export interface ResolvedReferences {
  networks: ReadonlyMap<string, string>;
  secrets: ReadonlyMap<string, string>;
  configs: ReadonlyMap<string, string>;
}

/** The file references of a job, as the engine wants them: by id, with everything filled in. */
export function fileSpecs(job: TaskTemplate, ids: ResolvedReferences | undefined) {
  const secrets = job.secrets?.map((it) => {
    const { source, file } = fileSpec(it);
    return { ...file, SecretID: idOf(ids?.secrets, source), SecretName: source };
  });
  const configs = job.configs?.map((it) => {
    const { source, file } = fileSpec(it);
    return { ...file, ConfigID: idOf(ids?.configs, source), ConfigName: source };
  });
  return given({ Secrets: secrets, Configs: configs });
}

/**
 * The networks of a task: that of the installation, by which it reports, and those of its job. A task on the
 * network of its node can be on no other (moby: "cannot be connected to any other network").
 * @param own name or id of the installation's.
 */
export function networkSpecs(
  job: TaskTemplate,
  own: string | undefined,
  ids: ResolvedReferences | undefined,
) {
  const wanted = (job.networks ?? []).map((it) => {
    const { name, aliases } = networkReference(it);
    return { name, ...given({ Aliases: aliases }), Target: idOf(ids?.networks, name) };
  });
  const isEnough = wanted.some(
    ({ name, Target }) => [name, Target].includes(own ?? '') || name === 'host',
  );
  const networks = wanted.map(({ name: _, ...network }) => network);
  const all = own === undefined || isEnough ? networks : [{ Target: own }, ...networks];
  return all.length === 0 ? {} : { Networks: all };
}

/** The engine makes a file that nobody can read of one without a mode. */
function fileSpec(it: Parameters<typeof fileReference>[0]): { source: string; file: EngineFile } {
  const { source, target = source, uid = '0', gid = '0', mode = '0444' } = fileReference(it);
  return { source, file: { File: { Name: target, UID: uid, GID: gid, Mode: parseInt(mode, 8) } } };
}

/** @throws Error for a name that was not resolved, which is an error of the program. */
function idOf(ids: ReadonlyMap<string, string> | undefined, name: string): string {
  const id = ids?.get(name);
  if (id === undefined) throw new Error(`"${name}" was to be used before it was resolved`);
  return id;
}
