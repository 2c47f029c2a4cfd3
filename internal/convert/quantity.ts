/** A quantity in billionths, rounded up. */
export type Nanos = bigint;

const NANO = 1_000_000_000n;
const MILLI = 1_000_000n;
const QUANTITY =
  /^\+?(\d{1,30})?(?:\.(\d{0,30}))?(?:(Ki|Mi|Gi|Ti|Pi|Ei)|([numkMGTPE])|[eE]([+-]?\d{1,2}))?$/;
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
/** Powers of ten. */
const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

/**
 * Reads a quantity of Kubernetes, such as `250m`, `1.5Gi`, `1e3` (the Quantity of its API reference).
 * @returns undefined for what is none, or is less than 0.
 */
export function readQuantity(quantity: string): Nanos | undefined {
  const found = QUANTITY.exec(quantity);
  if (found === null) return undefined;
  const [, whole = '', fraction = '', binary, decimal, exponent] = found;
  if (whole === '' && fraction === '') return undefined;
  const factor = binary === undefined ? 1n : 1024n ** BigInt(BINARY.indexOf(binary) + 1);
  const power = 9 - fraction.length + (DECIMAL[decimal ?? ''] ?? 0) + Number(exponent ?? 0);
  const digits = BigInt(whole + fraction) * factor;
  return power >= 0 ? digits * 10n ** BigInt(power) : ceilDivide(digits, 10n ** BigInt(-power));
}

/** Processors as a decimal number, in thousandths as Kubernetes counts them: `250m` is `0.25`. */
export function cpusText(nanos: Nanos): string {
  const milli = ceilDivide(nanos, MILLI);
  const fraction = String(milli % 1000n)
    .padStart(3, '0')
    .replace(/0+$/, '');
  const whole = String(milli / 1000n);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

export function wholeBytes(nanos: Nanos): bigint {
  return ceilDivide(nanos, NANO);
}

const UNITS = [
  ['g', 1024n ** 3n],
  ['m', 1024n ** 2n],
  ['k', 1024n],
] as const;

/** Bytes with the greatest unit of Docker that they are a multiple of, else the number alone. */
export function memoryText(bytes: bigint): string | number {
  const unit = UNITS.find(([, size]) => bytes % size === 0n);
  return unit === undefined ? Number(bytes) : `${bytes / unit[1]}${unit[0]}`;
}

function ceilDivide(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
