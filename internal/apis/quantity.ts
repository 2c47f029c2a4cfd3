const MIB = 1024 * 1024;
const NANO = 1e9;
/**
 * The least that there is of what a task may use and of what its node must have: the kernel gives a
 * container no less than 1 ms of each 100 ms, the engine no less than 6 MiB (moby: linuxMinMemory), and
 * swarm reserves no less than a thousandth and 4 MiB (swarmkit: validateResources).
 */
export const LEAST = {
  limits: { nanoCpus: NANO / 100, memoryBytes: 6 * MIB },
  reservations: { nanoCpus: NANO / 1000, memoryBytes: 4 * MIB },
} as const;
const MOST_CPUS = 10_000;
const CPUS = /^\d{1,5}(?:\.\d{1,9})?$/;
const MEMORY = /^(\d{1,15}(?:\.\d{1,6})?) ?(b|k|kb|ki|kib|m|mb|mi|mib|g|gb|gi|gib|t|tb|ti|tib)?$/i;
/** As Docker has it: every unit is 1024 of the one before, however it is spelled. */
const UNITS = { b: 0, k: 1, m: 2, g: 3, t: 4 } as const;

/** Processors in billionths, as the engine takes them; undefined for what is no such amount. */
export function nanoCpus(cpus: number | string): number | undefined {
  if (typeof cpus === 'string' && !CPUS.test(cpus)) return undefined;
  const nano = Math.round(Number(cpus) * NANO);
  return nano >= LEAST.reservations.nanoCpus && nano <= MOST_CPUS * NANO ? nano : undefined;
}

/** Bytes, as the engine takes them; undefined for what is no such amount. */
export function memoryBytes(memory: number | string): number | undefined {
  const bytes = sizeBytes(String(memory));
  return bytes !== undefined && bytes >= LEAST.reservations.memoryBytes ? bytes : undefined;
}

/** Bytes of a size such as `10m`; undefined for what is none. */
export function sizeBytes(size: string): number | undefined {
  const [, amount, unit = 'b'] = MEMORY.exec(size) ?? [];
  if (amount === undefined) return undefined;
  const power = UNITS[unit.charAt(0).toLowerCase() as keyof typeof UNITS];
  const bytes = Math.floor(Number(amount) * 1024 ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
