/**
 * What the files of `broken/` lead to: the file, and how its first line goes on after its name. Long
 * rules of validation are cut.
 */
export const EXPECTED: readonly (readonly [file: string, line: string])[] = [
  ['a-list.yaml', '1:1: must be a mapping with "apiVersion" and "kind", not a list'],
  ['a-text.yaml', '1:1: must be a mapping with "apiVersion" and "kind", not a text'],
  [
    'alias-bomb.yaml',
    '9:12: metadata.annotations.d[0]: the alias "*c" expands to too much: at most 100',
  ],
  ['alias-in-itself.yaml', '8:11: spec.env.SELF: the alias "*env" is within its own anchor'],
  [
    'args-as-numbers.yaml',
    '9:21: spec.tasks[0].args[1]: must be a string of at most 131071 bytes, without NUL or',
  ],
  ['backquote.yaml', '6:10: a text that begins with "`" must be in quotes'],
  [
    'bad-callback-url.yaml',
    '8:10: spec.callback.url: must be an http:// or https:// URL of at most 2048 characters,',
  ],
  [
    'bad-concurrency-policy.yaml',
    '7:22: spec.concurrencyPolicy: must be one of Allow, Forbid, Replace',
  ],
  ['bad-escape.yaml', '6:17: invalid escape sequence \\q'],
  ['bad-image.yaml', '6:10: spec.image: must be an image reference such as "alpine:3.20" or'],
  ['bad-indentation.yaml', '7:3: bad indentation: the entries of one mapping start in one column'],
  [
    'bad-memory.yaml',
    '9:15: spec.resources.limits.memory: must be memory: bytes, or a number with the unit b,',
  ],
  [
    'bad-name.yaml',
    '4:9: metadata.name: must be a name of 1 to 63 of a-z, 0-9 and "-", a letter or digit',
  ],
  [
    'bad-schedule.yaml',
    '6:13: spec.schedule: must have a valid minute: "61" is not within 0 to 59',
  ],
  [
    'bad-task-name.yaml',
    '8:13: spec.tasks[0].name: must be 1 to 128 characters: letters a-z and A-Z, digits,',
  ],
  [
    'bad-time-zone.yaml',
    '7:13: spec.timeZone: must be the name of a time zone such as "Europe/Berlin" or "UTC": did you mean "Europe/Berlin"?',
  ],
  ['binary-tag.yaml', '8:10: the tag "!!binary" is refused: write a plain value'],
  ['boolean-of-yaml-1-1.yaml', '7:12: spec.suspend: must be true or false'],
  ['constructor-key.yaml', '6:5: metadata.labels.constructor: this name is refused everywhere'],
  ['duplicate-key.yaml', '8:3: spec.image: duplicate key: it is on line 6 already'],
  [
    'duplicate-task-names.yaml',
    '10:15: spec.tasks[2].name: tasks[0] and tasks[2] have the same name: names must be',
  ],
  ['empty-spec.yaml', '5:1: spec: must be an object with "image"'],
  ['empty-tasks.yaml', '7:10: spec.tasks: must be an array of 1 to 100000 tasks'],
  ['env-as-number.yaml', '8:14: spec.env.RETRIES: must be a text; write "3" in quotes'],
  ['fraction.yaml', '7:16: spec.parallelism: must be an integer from 1 to 2147483647'],
  ['function-tag.yaml', '6:10: the tag "!!js/function" is refused: write a plain value'],
  [
    'huge-number.yaml',
    '7:16: spec.parallelism: the number "1e400" is too large: at most 9007199254740991;',
  ],
  [
    'in-an-anchor.yaml',
    '8:26: spec.resources.limits.mem: unknown field "mem": did you mean "memory"?',
  ],
  ['indented-too-far.yaml', '7:5: bad indentation: the line above has a value already'],
  ['infinite-number.yaml', '7:16: spec.parallelism: "-.inf" is no number that can be used'],
  [
    'item-of-a-list.yaml',
    '8:7: spec.maxFailedTask: unknown field "maxFailedTask": did you mean "maxFailedTasks"?',
  ],
  ['kind-in-lower-case.yaml', '2:7: kind: unknown kind "cronjob": did you mean "CronJob"?'],
  [
    'kubernetes.yaml',
    '1:13: apiVersion: must be "swarmer/v1", not "batch/v1": convert manifests of Kubernetes',
  ],
  ['large-number.yaml', '7:16: spec.parallelism: must be an integer from 1 to 2147483647'],
  ['list-without-items.yaml', '3:8: items: must be a list of manifests'],
  ['mapping-as-key.yaml', '8:5: spec.env: a key must be a text, not a mapping, a list or an alias'],
  [
    'merge-of-text.yaml',
    '8:9: spec.env: "<<" must have a mapping, an alias of one, or a list of them',
  ],
  ['missing-api-version.yaml', '1:1: apiVersion: is required and must be "swarmer/v1"'],
  ['missing-colon.yaml', '6:3: a ":" and a space are missing after this key'],
  ['missing-comma.json', '4:2: a "," is missing here'],
  [
    'missing-image.yaml',
    '5:1: spec.image: is required and must be an image reference such as "alpine:3.20" or',
  ],
  ['missing-kind.yaml', '2:1: kind: is required and must be "Job" or "CronJob"'],
  ['missing-template.yaml', '5:1: spec.jobTemplate: is required and must be an object with "spec"'],
  [
    'misspelt-api-version.yaml',
    '1:1: apiversion: unknown field "apiversion": did you mean "apiVersion"?',
  ],
  [
    'misspelt-field.yaml',
    '7:3: spec.paralelism: unknown field "paralelism": did you mean "parallelism"?',
  ],
  [
    'misspelt-in-cron-job.yaml',
    '11:7: spec.jobTemplate.spec.backofLimit: unknown field "backofLimit": did you mean "backoffLimit"?',
  ],
  ['misspelt-kind.yaml', '2:7: kind: unknown kind "CornJob": did you mean "CronJob"?'],
  [
    'misspelt-nested-field.yaml',
    '12:28: spec.tasks[1].resources.limits.memry: unknown field "memry": did you mean "memory"?',
  ],
  ['misspelt-top-field.yaml', '3:1: metdata: unknown field "metdata": did you mean "metadata"?'],
  ['misspelt.json', '4:37: spec.lossLimt: unknown field "lossLimt": did you mean "lossLimit"?'],
  ['negative-number.yaml', '7:17: spec.backoffLimit: must be an integer from 0 to 2147483647'],
  [
    'nested-too-deeply.yaml',
    '7:38: nested too deeply: at most 32 mappings and lists within one another',
  ],
  ['non-string-key.yaml', '8:5: spec.env["1"]: keys must be texts: write "1" in quotes'],
  ['not-a-number.yaml', '7:16: spec.parallelism: ".nan" is no number that can be used'],
  ['prototype-key.yaml', '8:5: spec.env.__proto__: this name is refused everywhere'],
  ['second-colon.yaml', '7:9: a second ": " on one line: write the text in quotes'],
  [
    'second-document.yaml',
    '14:3: spec.sucessPolicy: unknown field "sucessPolicy": did you mean "successPolicy"?',
  ],
  ['tab-indentation.yaml', '6:1: a tab in the indentation: indent with spaces'],
  [
    'tasks-and-completions.yaml',
    '7:16: spec.completions: must not stand beside "tasks": the tasks are either listed or',
  ],
  [
    'terminal-escape.yaml',
    '7:3: spec["\\u001b[2Jwiped\\u202e"]: unknown field "\\u001b[2Jwiped\\u202e": the fields are',
  ],
  ['unclosed-bracket.yaml', '7:9: this "[" is not closed: a "]" is missing, or not indented'],
  ['unclosed-quote.yaml', '6:10: this quote is not closed'],
  [
    'unknown-alias.yaml',
    '4:13: spec.schedule: the alias "*hourly" has no anchor before it: a text that begins',
  ],
  ['unknown-kind.yaml', '2:7: kind: unknown kind "Deployment": must be "Job" or "CronJob"'],
  ['unquoted-schedule.yaml', '4:13: a text that begins with "*" must be in quotes'],
  ['wrong-api-version.yaml', '1:13: apiVersion: must be "swarmer/v1", not "swarmer/v2"'],
  ['wrong-type.yaml', '7:16: spec.parallelism: must be an integer from 1 to 2147483647'],
];
