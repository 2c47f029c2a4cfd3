import { object, text } from './fields.ts';
import { list } from './policy-fields.ts';
import { LIMITS } from './rules.ts';
import { FILES_BELOW, filePath, isSwarmName, nameOr, octalMode } from './template-shapes.ts';

function references(what: 'secret' | 'config') {
  const below = FILES_BELOW[what];
  const rule = `the name of a ${what}: 1 to ${LIMITS.swarmNameChars} letters, digits, ".", "_" and "-"`;
  const id = text(
    `a number in quotes such as "1000", up to ${LIMITS.fileOwner}`,
    (value) => /^\d{1,10}$/.test(value) && Number(value) <= LIMITS.fileOwner,
  );
  const form = object(`an object with "source"`, {
    source: text(rule, isSwarmName).meta({ description: `Name of the ${what} in the swarm.` }),
    target: text(
      `a path of at most ${LIMITS.pathChars} characters, of a file`,
      (path) => isFilePath(path) && filePath(what, path) !== '/',
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
  ).meta({ description: `${what === 'secret' ? 'Secrets' : 'Configs'} of the swarm as files.` });
}

function isFilePath(path: string): boolean {
  return path !== '' && path.length <= LIMITS.pathChars && !path.includes('\0');
}

/** Secrets and configs. */
export const fileFields = {
  secrets: references('secret').optional(),
  configs: references('config').optional(),
};
