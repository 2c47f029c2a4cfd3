type Examples = readonly (readonly [command: string, words: string])[];

export const ROOT_EXAMPLES: Examples = [
  ['swarmerctl run alpine:3.20 -- echo hello', 'Run a command once and show its output'],
  ['swarmerctl apply -f job.yaml', 'Make the objects of a file, or change them'],
  ['swarmerctl get jobs -A', 'List the jobs of all namespaces'],
  ['swarmerctl describe job report', 'Show why a job failed'],
  ['swarmerctl explain job.spec', 'Show the fields of a job'],
];

/** The head of a help text: what people look for first. */
export function helpOf(examples: Examples): string {
  const lines = examples.map(([command, words]) => `  # ${words}\n  ${command}`);
  return `Examples:\n${lines.join('\n\n')}\n`;
}
