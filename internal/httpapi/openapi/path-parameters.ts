import type { Parameter } from './types.ts';

const objectName = {
  type: 'string',
  pattern: '^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$',
  maxLength: 63,
};

const KNOWN: Record<string, Pick<Parameter, 'description' | 'schema'>> = {
  namespace: { description: 'Namespace of the object.', schema: objectName },
  name: { description: 'Name of the object.', schema: objectName },
  task: { description: 'Name of the task, or its index.', schema: { type: 'string' } },
  node: {
    description: 'Swarm id of the node, or its hostname.',
    schema: { type: 'string' },
  },
  id: {
    description: 'Uid of the job, a ULID.',
    schema: { type: 'string', pattern: '^[0-7][0-9A-HJKMNP-TV-Z]{25}$' },
  },
};

/** The parameters in a path. @throws Error for one that is not known. */
export function pathParameters(path: string): Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const known = KNOWN[name];
    if (known === undefined) throw new Error(`nothing is known of "{${name}}" in ${path}`);
    return { name, in: 'path', required: true, ...known };
  });
}
