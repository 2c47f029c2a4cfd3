import { fileReference } from '../template.ts';
import { object, text } from './fields.ts';
import { list } from './policy-fields.ts';
import { LIMITS } from './rules.ts';
import { isSwarmName, nameOr, octalMode, unique } from './template-shapes.ts';

function references(what: 'secret' | 'config', below: string) {
  const rule = `the name of a ${what}: 1 to ${LIMITS.swarmNameChars} letters, digits, ".", "_" and "-"`;
  const id = text('a number in quotes such as "1000"', (value) => /^\d{1,10}$/.test(value));
  const form = object(`an object with "source"`, {
    source: text(rule, isSwarmName).meta({ description: `Name of the ${what} in the swarm.` }),
    target: text(
      `a path of at most ${LIMITS.pathChars} characters`,
      (path) => path !== '' && path.length <= LIMITS.pathChars && !path.includes('\0'),
    )
      .meta({ description: `File in the container, below ${below} unless absolute; its name.` })
      .optional(),
    uid: id.meta({ description: 'Owner of the file.', default: '0' }).optional(),
    gid: id.meta({ description: 'Group of the file.', default: '0' }).optional(),
    mode: octalMode.meta({ description: 'File mode.', default: '0444' }).optional(),
  });
  return list(
    `${what}s`,
    nameOr(`${rule}, or an object with it`, isSwarmName, form),
    LIMITS.templateEntries,
  )
    .superRefine(unique(targetOf, 'target'))
    .meta({ description: `${what === 'secret' ? 'Secrets' : 'Configs'} of the swarm as files.` });
}

function targetOf(given: Parameters<typeof fileReference>[0]): string | undefined {
  if (typeof given !== 'string' && typeof given !== 'object') return undefined;
  const { source, target } = fileReference(given ?? '');
  return target ?? source;
}

/** Secrets and configs. */
export const fileFields = {
  secrets: references('secret', '/run/secrets').optional(),
  configs: references('config', '/').optional(),
};
