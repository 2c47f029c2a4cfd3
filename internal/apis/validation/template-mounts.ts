import * as z from 'zod';
import { MOUNT_TYPES, type Mount, PROPAGATIONS } from '../template.ts';
import { breakingText, flag, object, text } from './fields.ts';
import { integer, list, oneOf } from './policy-fields.ts';
import { LIMITS } from './rules.ts';
import {
  driverName,
  isAbsolutePath,
  literalProblem,
  normalPath,
  octalMode,
  unique,
} from './template-shapes.ts';
import { textMap } from './text-map.ts';

/** As the engine names volumes (moby: daemon/names). */
const VOLUME = /^[A-Za-z0-9][A-Za-z0-9_.-]{1,254}$/;
const PATH_RULE = 'an absolute path, without templates';

const options = textMap('options: a map of texts', literalProblem);

/** Files that the engine puts into every container; a directory cannot be mounted on one. */
const ENGINE_FILES = ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/.dockerenv'];

/** @returns why no container starts with an empty directory there, if so. */
function targetProblem({ type, target }: Pick<Mount, 'type' | 'target'>): string | undefined {
  // What a bind brings is of the node: it may be just what has to be there.
  if (type === 'bind') return undefined;
  const path = normalPath(target);
  if (/^\/proc(?:\/|$)/.test(path)) return "must not be in /proc, which is the kernel's";
  if (path === '/dev') return 'must not be /dev: no process starts without its devices';
  if (!ENGINE_FILES.includes(path)) return undefined;
  return `must not be ${path}, which is a file of the engine's: put a config there`;
}

const volumeOptions = object('an object with "noCopy", "labels" and "driver"', {
  noCopy: flag()
    .meta({ description: 'A new volume stays empty, whatever the image has there.' })
    .optional(),
  labels: options.meta({ description: 'Labels of a volume that is made.' }).optional(),
  driver: object('an object with "name" and "options"', {
    name: driverName,
    options: options.optional(),
  })
    .meta({ description: 'Driver of a volume that is made.' })
    .optional(),
});

const mount = object('an object with "type" and "target"', {
  type: oneOf(MOUNT_TYPES).meta({ description: 'What is mounted.' }),
  source: z
    .string({ error: breakingText('the name of a volume, or a path') })
    .meta({ description: 'Name of the volume, or path on the node of a bind.' })
    .optional(),
  target: text(`${PATH_RULE}, and not "/"`, (path) => isAbsolutePath(path) && !isRoot(path)).meta({
    description: 'Path in the container.',
  }),
  readOnly: flag()
    .meta({
      description:
        'It cannot be written. What else is mounted below the directory of a bind can be, unless its node has ' +
        'Engine 25 or later and Linux 5.12 or later.',
      default: false,
    })
    .optional(),
  bind: object('an object with "propagation"', {
    propagation: oneOf(PROPAGATIONS).optional(),
  }).optional(),
  volume: volumeOptions.optional(),
  tmpfs: object('an object with "sizeBytes" and "mode"', {
    sizeBytes: integer(1, Number.MAX_SAFE_INTEGER)
      .meta({ description: 'The most that it can hold; no limit of its own by default.' })
      .optional(),
    mode: octalMode.meta({ description: 'File mode of its root; "1777" by default.' }).optional(),
  }).optional(),
}).superRefine((given, context) => {
  const refuse = (name: string, message: string) =>
    context.addIssue({ code: 'custom', message, path: [name], input: given });
  const problem = sourceProblem(given);
  if (problem !== undefined) refuse('source', problem);
  const misplaced = targetProblem(given);
  if (misplaced !== undefined) refuse('target', misplaced);
  for (const type of MOUNT_TYPES) {
    if (type !== given.type && given[type] !== undefined) {
      refuse(type, `is of mounts of type ${type}: this one is a ${given.type}`);
    }
  }
});

function isRoot(path: string): boolean {
  return normalPath(path) === '/';
}

function sourceProblem({ type, source }: Pick<Mount, 'type' | 'source'>): string | undefined {
  switch (type) {
    case 'bind':
      if (source !== undefined && isAbsolutePath(source)) return undefined;
      return `${source === undefined ? 'is required and ' : ''}must be ${PATH_RULE}, on the node`;
    case 'tmpfs':
      return source === undefined ? undefined : 'must not be given: a tmpfs has no source';
    case 'volume':
      if (source === undefined || VOLUME.test(source)) return undefined;
      return 'must be the name of a volume: 2 to 255 letters, digits, "_", "." and "-"';
  }
}

export const mounts = list('mounts', mount, LIMITS.templateEntries)
  .superRefine(unique((it) => (it?.target ? normalPath(it.target) : undefined), 'target'))
  .meta({
    description: 'Volumes, directories of the node, and memory, as directories of the container.',
  });
