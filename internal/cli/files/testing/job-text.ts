/** A manifest of a job, of 7 lines or more. */
export function jobText(name: string, spec: readonly string[] = ['image: alpine:3.20']): string {
  return [
    'apiVersion: swarmer/v1',
    'kind: Job',
    'metadata:',
    `  name: ${name}`,
    '  labels: {app: x}',
    'spec:',
    ...spec.map((line) => `  ${line}`),
    '',
  ].join('\n');
}
