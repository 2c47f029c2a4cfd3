import { attemptOfLabels } from '../../internal/apis/index.ts';
import type { Fence } from '../../internal/store/index.ts';
import type { ServiceSpec } from '../../internal/swarm/index.ts';
import type { Call } from './effects.ts';
import type { History } from './history.ts';

/** A call in a few words: its kind, what it concerns, and the fence it carries. */
export function describeCall({ kind, port, method, args }: Call, history: History): string {
  const of = subject(port, method, args, history);
  return of === '' ? kind : `${kind} ${of}`;
}

function subject(port: string, method: string, args: readonly unknown[], history: History): string {
  const [first, second, third] = args;
  if (port === 'engine') {
    if (method !== 'createService') return typeof first === 'string' ? first : '';
    const id = attemptOfLabels((first as ServiceSpec).Labels);
    return id === undefined ? '' : `${history.nameOf(id.jobUid)}/${id.index}/${id.attempt}`;
  }
  const words = [first, second, third].flatMap((it) => {
    if (typeof it === 'string') return [history.nameOf(it)];
    if (typeof it === 'number') return [String(it)];
    return isFence(it) ? [`(fence ${it.token})`] : [];
  });
  return words.join(' ');
}

function isFence(value: unknown): value is Fence {
  return typeof value === 'object' && value !== null && Object.keys(value).join() === 'token';
}
