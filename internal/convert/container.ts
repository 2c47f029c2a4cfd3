import type { Path } from '../apis/validation/index.ts';
import { convertEnv } from './env.ts';
import { CONTAINER } from './fields/container.ts';
import type { Origins } from './origins.ts';
import type { PodFacts } from './pod-facts.ts';
import { convertResources } from './resources.ts';
import type { Source } from './source.ts';
import type { Variables } from './variables.ts';

/** What has another name in Docker's words. */
const RESOURCE_NAMES = [
  [
    ['limits', 'cpus'],
    ['limits', 'cpu'],
  ],
  [['reservations'], ['requests']],
  [
    ['reservations', 'cpus'],
    ['requests', 'cpu'],
  ],
] as const;

/** The container of a job's pods. @param spec where our spec of the job stands. */
export function convertContainer(
  source: Source,
  origins: Origins,
  spec: Path,
  facts: PodFacts,
): { containerName?: string } {
  source.noteOthers(CONTAINER);
  for (const name of ['image', 'command', 'args', 'env', 'resources', 'workingDir']) {
    origins.set([...spec, name], source.at(name));
  }
  for (const [ours, theirs] of RESOURCE_NAMES) {
    origins.set([...spec, 'resources', ...ours], source.at('resources', ...theirs));
  }
  const { env, variables } = convertEnv(source, origins, spec, facts);
  const containerName = source.text('name');
  return {
    ...(containerName === undefined ? {} : { containerName }),
    ...defined({
      image: source.text('image'),
      command: convertWords(source, 'command', variables),
      args: convertWords(source, 'args', variables),
      env,
      resources: convertResources(source),
      workingDir: source.text('workingDir') || undefined,
    }),
  };
}

/** `command` or `args`. Empty, they are as good as not given. */
function convertWords(source: Source, field: string, variables: Variables): string[] | undefined {
  const words = source.texts(field) ?? [];
  if (words.length === 0) return undefined;
  return words.map((word, index) => variables.inWords(word, source.at(field, index)));
}

function defined(fields: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
