import type { Engine, EngineEvent, OnLogBytes } from '../../internal/swarm/index.ts';
import type { Effects } from './effects.ts';
import type { Rng } from './rng.ts';
import type { SimProcess } from './sim-process.ts';
import type { Timeline } from './timeline.ts';

/** How the engine's events reach a process. */
export interface HintRates {
  /** Chance that an event is lost, and that it comes a second time. */
  drop: number;
  repeat: number;
}

interface EnginePortOptions {
  effects: Effects;
  timeline: Timeline;
  rng: Rng;
  engine: Engine;
  hints: HintRates;
}

/** The engine as a process sees it: its calls are side effects, its events come late, twice or never. */
export function enginePort(process: SimProcess, options: EnginePortOptions): Engine {
  const { effects, engine } = options;
  const port = effects.wrap(process, 'engine', engine);
  return new Proxy(port, {
    get(target, method) {
      if (method === 'followLogs') return followLogs(process, options);
      if (method !== 'watch') return Reflect.get(target, method);
      return async (onEvent: (event: EngineEvent) => void, signal: AbortSignal) => {
        const stream = await effects.call(process, 'engine', 'watch', [], async () => {
          const ended = engine.watch(delivery(process, options, onEvent), signal);
          // It may break before its process has the answer, and hears of that.
          ended.catch(() => {});
          return { ended };
        });
        await stream.ended;
      };
    },
  });
}

/** A log comes in its order; what is on its way when its process dies is lost. */
function followLogs(
  process: SimProcess,
  { effects, engine, timeline }: EnginePortOptions,
): Engine['followLogs'] {
  return async (id, onBytes, signal) => {
    const deliver: OnLogBytes = (stream, bytes) => {
      timeline.in(FOLLOW_MS, () => onBytes(stream, bytes), process);
    };
    const stream = await effects.call(process, 'engine', 'followLogs', [id], async () => {
      const ended = engine.followLogs(id, deliver, signal);
      // It may break before its process has the answer, and hears of that.
      ended.catch(() => {});
      return { ended };
    });
    await stream.ended;
  };
}

/** What a line takes on its way, in ms. */
const FOLLOW_MS = 3;

function delivery(
  process: SimProcess,
  { timeline, rng, hints }: EnginePortOptions,
  onEvent: (event: EngineEvent) => void,
): (event: EngineEvent) => void {
  return (event) => {
    if (process.state === 'dead') return;
    const copies = (rng.chance(hints.drop) ? 0 : 1) + (rng.chance(hints.repeat) ? 1 : 0);
    for (let i = 0; i < copies; i++) {
      const late = i === 0 ? rng.between(0.1, 5) : rng.between(5, 2000);
      timeline.in(late, () => onEvent(event), process);
    }
  };
}
