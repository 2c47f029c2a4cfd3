import type {
  AttemptRecord,
  EventType,
  JobEvent,
  Settlement,
  TimelineEntry,
} from '../apis/index.ts';
import { pairsOf } from './pairs.ts';
import type { DeliveryRecord, DeliveryResult } from './ports.ts';

/** The event as the scripts take it; empty for none. */
export function eventText(event: JobEvent | undefined): string {
  return event === undefined ? '' : JSON.stringify(event);
}

/** What happened when an attempt's record changed: the newest stage that it reached. */
export function changeEvent(
  index: number,
  { from, to }: { from: AttemptRecord; to: AttemptRecord },
): JobEvent | undefined {
  const of = { index, attempt: to.attempt };
  if (to.verdict !== undefined && from.verdict === undefined) {
    const { outcome, exitStatus, reason, message, nodeId } = to.verdict;
    return {
      // What is taken back was no attempt.
      type: reason === 'Unplaced' ? 'Pending' : outcome,
      ...of,
      ...(exitStatus === null ? {} : { status: exitStatus }),
      ...(reason === undefined ? {} : { reason }),
      ...(message === undefined ? {} : { message }),
      ...(nodeId === undefined ? {} : { node: nodeId }),
    };
  }
  if (to.output !== undefined) return undefined;
  if (to.lostAt !== undefined && from.lostAt === undefined) return { type: 'NodeDown', ...of };
  if (to.serviceId !== undefined && from.serviceId === undefined) return { type: 'Created', ...of };
  return undefined;
}

/** What happened when an attempt was settled; its verdict was told before. */
export function settlementEvent(index: number, settlement: Settlement): JobEvent | undefined {
  switch (settlement.kind) {
    case 'final':
      return undefined;
    case 'replace':
      return { type: 'Replaced', index, attempt: settlement.next.attempt };
    case 'retry': {
      const message = `not before ${new Date(settlement.notBefore).toISOString()}`;
      return { type: 'Retrying', index, attempt: settlement.next.attempt, message };
    }
  }
}

/** An entry of the stream. Its id begins with its time in ms. */
export function timelineEntry([id, fields]: [id: string, fields: string[]]): TimelineEntry {
  const event = JSON.parse(fields[1] ?? '{}') as JobEvent;
  return { id, at: Number(id.split('-')[0]), ...event };
}

const DELIVERY_TYPES: Record<DeliveryResult['kind'], EventType> = {
  delivered: 'CallbackDelivered',
  retry: 'CallbackFailed',
  dead: 'CallbackGivenUp',
};

export function deliveryEvent(result: DeliveryResult): JobEvent {
  return {
    type: DELIVERY_TYPES[result.kind],
    ...(result.status === undefined ? {} : { status: result.status }),
    ...('error' in result ? { message: result.error } : {}),
  };
}

/** An entry of the log of tries to deliver a callback. */
export function deliveryRecord(fields: string[]): DeliveryRecord {
  const { kind, at, status, error, ms, reply } = Object.fromEntries(pairsOf(fields)) as Record<
    string,
    string
  >;
  return {
    kind: kind === 'delivered' || kind === 'dead' ? kind : 'retry',
    at: Number(at),
    tookMs: Number(ms),
    ...(status ? { status: Number(status) } : {}),
    ...(error ? { error } : {}),
    reply: reply ?? '',
  };
}
