import type { ArgumentSpec, OptionSpec } from '../command.ts';

/** What several verbs take. */
export const OUTPUT: OptionSpec = {
  flags: '-o, --output <format>',
  words: 'wide, json, yaml, name, or jsonpath=TEMPLATE',
  complete: ['wide', 'json', 'yaml', 'name', 'jsonpath='],
};
export const NO_HEADERS: OptionSpec = { flags: '--no-headers', words: 'Rows without headers' };
export const WATCH: OptionSpec = { flags: '-w, --watch', words: 'Go on, and show what changes' };
export const SELECTOR: OptionSpec = {
  flags: '-l, --selector <labels>',
  words: 'Those with these labels, such as app=x,tier!=test',
};
export const ALL_NAMESPACES: OptionSpec = {
  flags: '-A, --all-namespaces',
  words: 'Of all namespaces',
};
export const JOB: ArgumentSpec = { name: '<job>', words: 'Name of the job', complete: 'jobs' };

export const ENV_FILES: OptionSpec = {
  flags: '--env-file-anywhere',
  words: 'Let envFile of a manifest name files outside of its folder',
};
