import type { Path } from '../apis/validation/index.ts';
import type { Template } from './expansion.ts';
import { fieldValue } from './field-ref.ts';
import { ENV_VAR, ENV_VAR_SOURCE } from './fields/container.ts';
import type { Origins } from './origins.ts';
import type { PodFacts } from './pod-facts.ts';
import type { Source } from './source.ts';
import { INDEX_VARIABLE, indexValue, Variables } from './variables.ts';

/** `env` and `envFrom` of a container; what they define is for `$(NAME)` in its command and arguments. */
export function convertEnv(container: Source, origins: Origins, spec: Path, facts: PodFacts) {
  const { notes } = container;
  const others = container.objects('envFrom');
  for (const { path } of others) {
    notes.dropped(path, 'a swarm has no ConfigMaps and no such secrets: give the values in "env"');
  }
  const { indexed } = facts;
  const variables = new Variables({ notes, indexed, more: others.length > 0 });
  const places = new Map<string, Path>();
  for (const entry of container.objects('env')) {
    const name = entry.text('name');
    entry.require('name', 'a text');
    if (name === undefined) continue;
    places.set(name, entry.path);
    origins.set([...spec, 'env', name], entry.path);
    variables.define(name, variableValue(entry, variables, facts));
  }
  if (indexed && !places.has(INDEX_VARIABLE)) variables.define(INDEX_VARIABLE, indexValue());
  const env = variables.texts((name) => places.get(name) ?? container.at('env'));
  return { env: Object.keys(env).length === 0 ? undefined : env, variables };
}

/** @returns undefined when the value is not known here, which is noted. */
function variableValue(entry: Source, variables: Variables, facts: PodFacts): Template | undefined {
  entry.noteOthers(ENV_VAR);
  const from = entry.object('valueFrom');
  if (from === undefined) return variables.inValue(entry.text('value') ?? '', entry.at('value'));
  from.noteOthers(ENV_VAR_SOURCE);
  if (from.names.length === 0) from.require('fieldRef', 'an object with "fieldPath"');
  const field = from.object('fieldRef');
  return field && fieldValue(field, facts);
}
