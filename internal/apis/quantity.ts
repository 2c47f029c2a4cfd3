/** Least memory that the engine takes for a container, in bytes. */
export const LEAST_MEMORY_BYTES = 4 * 1024 * 1024;
const MOST_CPUS = 10_000;
const NANO = 1e9;
const CPUS = /^\d{1,5}(?:\.\d{1,9})?$/;
const MEMORY = /^(\d{1,15}(?:\.\d{1,6})?) ?(b|k|kb|ki|kib|m|mb|mi|mib|g|gb|gi|gib|t|tb|ti|tib)?$/i;
/** As Docker has it: every unit is 1024 of the one before, however it is spelled. */
const UNITS = { b: 0, k: 1, m: 2, g: 3, t: 4 } as const;

/** Processors in billionths, as the engine takes them; undefined for what is no such amount. */
export function nanoCpus(cpus: number | string): number | undefined {
  if (typeof cpus === 'string' && !CPUS.test(cpus)) return undefined;
  const nano = Math.round(Number(cpus) * NANO);
  return nano >= NANO / 1000 && nano <= MOST_CPUS * NANO ? nano : undefined;
}

/** Bytes, as the engine takes them; undefined for what is no such amount. */
export function memoryBytes(memory: number | string): number | undefined {
  const [, amount, unit = 'b'] = MEMORY.exec(String(memory)) ?? [];
  if (amount === undefined) return undefined;
  const power = UNITS[unit.charAt(0).toLowerCase() as keyof typeof UNITS];
  const bytes = Math.floor(Number(amount) * 1024 ** power);
  return bytes >= LEAST_MEMORY_BYTES && Number.isSafeInteger(bytes) ? bytes : undefined;
}
