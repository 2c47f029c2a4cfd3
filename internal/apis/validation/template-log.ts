import type * as z from 'zod';
import type { Driver } from '../template.ts';
import { object } from './fields.ts';
import { driverName, optionProblem } from './template-shapes.ts';
import { textMap } from './text-map.ts';
import { unknownField } from './unknown-field.ts';

type Options = Readonly<Record<string, string>>;
/** What is wrong with the value of an option, beside the others; undefined when nothing is. */
type Rule = (value: string, options: Options) => string | undefined;

/** A number with a unit, as the newest go-units reads it (RAMInBytes); 0 is no size of a log. */
const SIZE = /^((?:\d+\.?\d*|\.\d+)(?:e\+?\d+)?) ?(?:[kmgtp]i?b?|b)?$/i;
const isSize = (value: string) => Number(SIZE.exec(value)?.[1] ?? 0) > 0;
/** As Go reads them (strconv.ParseBool). */
const TRUE = /^(?:1|t|T|true|TRUE|True)$/;
const FALSE = /^(?:0|f|F|false|FALSE|False)$/;

const size: Rule = (value) => (isSize(value) ? undefined : 'must be a size such as "10m"');
const flag: Rule = (value) =>
  TRUE.test(value) || FALSE.test(value) ? undefined : 'must be "true" or "false"';
const files: Rule = (value) =>
  /^\d{1,9}$/.test(value) && Number(value) >= 1 ? undefined : 'must be an integer from 1 in quotes';
const anything: Rule = () => undefined;

const mode: Rule = (value) =>
  ['', 'blocking', 'non-blocking'].includes(value)
    ? undefined
    : 'must be "blocking" or "non-blocking"';
const bufferSize: Rule = (value, options) =>
  options['mode'] === 'non-blocking' ? size(value, options) : 'needs "mode" to be "non-blocking"';

const compressJson: Rule = (value, options) => {
  if (!TRUE.test(value)) return flag(value, options);
  return options['max-file'] === '1' ? 'needs "max-file" of 2 or more' : undefined;
};
const compressLocal: Rule = (value, options) => {
  if (TRUE.test(value) && options['max-file'] === '1')
    return 'must be "false" with "max-file" of 1';
  return flag(value, options);
};

/** Of every driver (moby: daemon/logger, factory.go and loggerutils/cache). */
const COMMON: Readonly<Record<string, Rule>> = {
  mode,
  'max-buffer-size': bufferSize,
  'cache-disabled': flag,
  'cache-max-size': anything,
  'cache-max-file': anything,
  'cache-compress': anything,
};

/** Of the drivers that every engine has and that depend on nothing of the node: all that they take. */
const DRIVERS: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  'json-file': {
    ...{ 'max-size': size, 'max-file': files, compress: compressJson, tag: anything },
    ...{ labels: anything, 'labels-regex': anything, env: anything, 'env-regex': anything },
  },
  local: { 'max-size': size, 'max-file': files, compress: compressLocal },
};

/** An engine refuses these when the container is made, or when it starts: each attempt would fail. */
function checkOptions({ name, options = {} }: Driver, context: z.core.$RefinementCtx): void {
  const own = Object.hasOwn(DRIVERS, name) ? DRIVERS[name] : undefined;
  const rules = { ...COMMON, ...own };
  for (const [option, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, option) ? rules[option] : undefined;
    const message =
      rule === undefined
        ? own && unknownField(option, Object.keys(rules), 'option')
        : rule(value, options);
    if (message === undefined) continue;
    context.addIssue({ code: 'custom', message, path: ['options', option], input: value });
  }
}

export const logDriver = object('an object with "name" and "options"', {
  name: driverName,
  options: textMap('options: a map of texts', optionProblem).optional(),
})
  .superRefine(checkOptions)
  .meta({
    description:
      'Where the engine keeps the output; by default json-file with two files of 40 times outputLimitBytes each ' +
      '(10 to 100 MB), or what SWARMER_LOG_DRIVER says. What json-file and local are not told is filled in so. ' +
      'A driver or an option by which output may get lost (mode: non-blocking, max-file: 1, journald, a remote ' +
      'driver whose server may refuse) makes the log `partial`; none, or cache-disabled, `unavailable`.',
  });
