import { LEAST } from '../apis/index.ts';
import { defined } from './defined.ts';
import { RESOURCES } from './fields/container.ts';
import { cpusText, memoryText, type Nanos, readQuantity, wholeBytes } from './quantity.ts';
import type { Source } from './source.ts';

/** Processors and memory in Docker's words; undefined where 0 is asked for. */
interface Amounts {
  cpus?: string | undefined;
  memory?: string | number | undefined;
}

const NOT_COUNTED =
  'swarm counts only cpu and memory: let no more tasks run at one time than the nodes can take ' +
  '("parallelism")';

/** `resources` of a container: requests are reservations. What has no request has its limit as one. */
export function convertResources(container: Source) {
  const source = container.object('resources');
  source?.noteOthers(RESOURCES);
  const limits = amountsOf(source?.object('limits'), LEAST.limits);
  const requests = amountsOf(source?.object('requests'), LEAST.reservations);
  // In this order, whichever of them a request was given for.
  const reservations = { cpus: undefined, memory: undefined, ...limits, ...requests };
  return defined({ limits: defined(limits), reservations: defined(reservations) });
}

type Least = (typeof LEAST)[keyof typeof LEAST];

function amountsOf(source: Source | undefined, least: Least): Amounts {
  const amounts: Amounts = {};
  if (source === undefined) return amounts;
  for (const name of source.names) {
    if (name !== 'cpu' && name !== 'memory') source.notes.dropped(source.at(name), NOT_COUNTED);
  }
  if (source.value('cpu') !== undefined) amounts.cpus = cpusOf(source, least);
  if (source.value('memory') !== undefined) amounts.memory = memoryOf(source, least);
  return amounts;
}

function cpusOf(source: Source, { nanoCpus }: Least): string | undefined {
  const nanos = quantityOf(source, 'cpu');
  if (nanos === undefined) return undefined;
  const [cpus, least] = [cpusText(nanos), cpusText(BigInt(nanoCpus))];
  if (Number(cpus) >= Number(least)) return cpus;
  source.notes.changed(source.at('cpu'), `becomes ${least}, the least there is`);
  return least;
}

function memoryOf(source: Source, { memoryBytes }: Least): string | number | undefined {
  const nanos = quantityOf(source, 'memory');
  if (nanos === undefined) return undefined;
  const bytes = wholeBytes(nanos);
  const least = BigInt(memoryBytes);
  if (bytes >= least) return memoryText(bytes);
  noteLittleMemory(source, memoryText(least));
  return memoryText(least);
}

/** @returns undefined for what is no quantity, and for none at all, which 0 says. */
function quantityOf(source: Source, name: string): Nanos | undefined {
  const value = source.value(name);
  const isScalar = typeof value === 'string' || typeof value === 'number';
  const nanos = isScalar ? readQuantity(String(value)) : undefined;
  if (nanos === undefined) {
    source.notes.error(source.at(name), 'must be a quantity such as "250m", "0.5" or "512Mi"');
  }
  return nanos === 0n ? undefined : nanos;
}

function noteLittleMemory(source: Source, least: string | number): void {
  // Nobody means thousandths of a byte.
  const memory = source.value('memory');
  const isMilli = typeof memory === 'string' && memory.endsWith('m');
  const hint = isMilli ? '; in Kubernetes "m" is a thousandth, and "Mi" may have been meant' : '';
  source.notes.changed(source.at('memory'), `becomes ${least}, the least there is${hint}`);
}
