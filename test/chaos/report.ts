import Table from 'cli-table3';
import type { ChaosOutcome } from './driver.ts';
import { type Injection, seconds } from './injections.ts';
import { isReal } from './schedule.ts';

/** Fault → times → how long it lasted and how long the world took to recover, at worst. */
export function faultTable(injections: readonly Injection[]): string {
  const table = new Table({
    head: ['fault', 'times', 'lasted at most', 'recovered after at most', 'alone, at most'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  const kinds = new Set(injections.map(({ fault }) => fault.kind));
  for (const kind of [...kinds].sort()) {
    const own = injections.filter(({ fault }) => fault.kind === kind);
    table.push(row(kind, own, injections));
  }
  return table.toString();
}

function row(kind: string, own: readonly Injection[], all: readonly Injection[]): string[] {
  const alone = own.filter((one) => !all.some((other) => overlap(one, other)));
  return [
    kind,
    String(own.length),
    seconds(Math.max(...own.map(({ from, until }) => until - from))),
    worst(own),
    alone.length === 0 ? '-' : worst(alone),
  ];
}

/** True when a fault of the other lane was there while the world recovered from this one. */
function overlap(one: Injection, other: Injection): boolean {
  if (one === other || !isReal(other)) return false;
  const end = ({ from, until, recoveryMs }: Injection) => from + (recoveryMs ?? until - from);
  return other.from < end(one) && one.from < Math.max(other.until, end(other));
}

function worst(injections: readonly Injection[]): string {
  const times = injections.map(({ recoveryMs }) => recoveryMs);
  if (times.includes(undefined)) return 'never';
  return seconds(Math.max(...times.map((time) => time ?? 0)));
}

/** The figures of a run in a few lines. */
export function summaryLines(outcome: ChaosOutcome): string[] {
  const { injections, jobs, tasks, rerun, notStarted, killed, created, wrong } = outcome;
  const { resent, redelivered, outputsLost } = outcome;
  const real = injections.filter(isReal);
  const kinds = new Set(real.map(({ fault }) => fault.kind)).size;
  return [
    `${real.length} faults of ${kinds} kinds; ${jobs} jobs of ${tasks} tasks accepted and ended`,
    `${rerun} attempts were lost and run again; ${created} services were seen to be created for ${tasks + rerun} attempts`,
    `${notStarted} of them their node could not start; ${killed} tasks failed with their container removed`,
    `${outputsLost} outputs were lost with their node, and flagged`,
    `${resent} submissions and ${redelivered} callbacks were sent again`,
    wrong.length === 0 ? 'every invariant holds' : `${wrong.length} violations:`,
    ...wrong.map((text) => `- ${text}`),
  ];
}
