import type { AttemptRecord, Settlement } from '../../internal/apis/index.ts';
import { RedisControllerStore } from '../../internal/store/controller-store.ts';
import { RedisLeaseStore } from '../../internal/store/lease-store.ts';
import { RedisOutboxStore } from '../../internal/store/outbox-store.ts';
import { ModelEngine } from '../model/model-engine.ts';

/** Methods whose effect differs so much with what they are given that each has kinds of its own. */
const VARIANTS: Record<string, readonly string[]> = {
  advanceAttempt: ['service', 'output', 'note'],
  recordVerdict: ['Succeeded', 'Failed', 'Rejected', 'Lost', 'Cancelled'],
  storeOutput: ['alone', 'Succeeded', 'Failed', 'stopped'],
  settleAttempt: ['final', 'retry', 'replace'],
  recordDelivery: ['delivered', 'retry', 'dead'],
};

/** Which of the kinds a call is: `port.method`, or `port.method:variant`. */
export function kindOf(port: string, method: string, args: readonly unknown[]): string {
  const variant = variantOf(method, args);
  return variant === undefined ? `${port}.${method}` : `${port}.${method}:${variant}`;
}

function variantOf(method: string, args: readonly unknown[]): string | undefined {
  switch (method) {
    case 'advanceAttempt':
      return stageOf(args[3] as { from: AttemptRecord; to: AttemptRecord });
    case 'recordVerdict':
      return verdictAlone((args[3] as { to: AttemptRecord }).to);
    case 'storeOutput':
      return verdictWithOutput(args[3] as { from: AttemptRecord; to: AttemptRecord });
    case 'settleAttempt':
      return (args[3] as { settlement: Settlement }).settlement.kind;
    case 'recordDelivery':
      return (args[2] as { kind: string }).kind;
    default:
      return undefined;
  }
}

/** A time limit ends only what runs, and that has a log: its verdict is hardly ever written without it. */
function verdictAlone({ verdict }: AttemptRecord): string {
  const outcome = verdict?.outcome ?? 'none';
  return outcome === 'TimedOut' ? 'Failed' : outcome;
}

function verdictWithOutput({ from, to }: { from: AttemptRecord; to: AttemptRecord }): string {
  if (from.verdict !== undefined) return 'alone';
  const outcome = to.verdict?.outcome;
  return outcome === 'Succeeded' || outcome === 'Failed' ? outcome : 'stopped';
}

function stageOf({ from, to }: { from: AttemptRecord; to: AttemptRecord }): string {
  if (from.serviceId !== to.serviceId) return 'service';
  return from.output === undefined && to.output !== undefined ? 'output' : 'note';
}

/** Side effects that happen once in a run, if at all: their first occurrence is the one to aim at. */
const RARE =
  /:(Lost|replace|retry|dead|TimedOut|Cancelled|Rejected|note|alone|stopped)$|recordVerdict|readTask|\.(start|end|complete|cancel|suspend|delete|expire)Job$|addTasks|retryFailed|redeliver|releaseLease|isCurrent|pinImage|noteByTag|noteForeign|find(Task|Service)|wakeReturned|followLogs/;

export function isRare(kind: string): boolean {
  return RARE.test(kind);
}

/** Needs of an operator, or of another store on the swarm, which no scenario has. */
const NEVER = new Set([...['store.quarantineJob', 'store.takeIdentity'], 'engine.tryLogin']);

/** Every kind of side effect that a crash is aimed at, found in the ports themselves. */
export function targetKinds(): string[] {
  return [
    ...kindsOf('store', RedisControllerStore),
    ...kindsOf('lease', RedisLeaseStore),
    ...kindsOf('outbox', RedisOutboxStore),
    ...kindsOf('engine', ModelEngine),
    ...['changes.changesEnd', 'changes.readChanges', 'jobs.getJob', 'jobs.readTasks'],
    ...[
      'receiver.post',
      'api.submitJob',
      'api.addTasks',
      'api.storeReport',
      'api.reportKey',
      'api.refuseReport',
    ],
    ...['api.cancelJob', 'api.suspendJob', 'api.getJob'],
    'api.readCallback',
    ...['api.deleteJob', 'api.retryFailed', 'api.redeliver'],
  ].filter((kind) => !NEVER.has(kind));
}

function kindsOf(port: string, { prototype }: { prototype: object }): string[] {
  return methodsOf(prototype).flatMap((method) =>
    (VARIANTS[method] ?? [undefined]).map((variant) =>
      variant === undefined ? `${port}.${method}` : `${port}.${method}:${variant}`,
    ),
  );
}

/** Those that are inherited included. */
function methodsOf(prototype: object | null): string[] {
  if (prototype === null || prototype === Object.prototype) return [];
  const own = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return [...own, ...methodsOf(Object.getPrototypeOf(prototype))];
}
