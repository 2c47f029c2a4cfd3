import type { Clock } from '../clock/clock.ts';
import { type Engine, EngineError } from '../swarm/index.ts';
import type { EngineCalls } from './engine-calls.ts';

/** Calls that last as long as somebody listens: only their failures mean anything. */
const STREAMS: ReadonlySet<string> = new Set(['watch', 'followLogs'] satisfies (keyof Engine)[]);

/** An engine that does what the given one does, and has each of its calls measured. */
export function meteredEngine(engine: Engine, calls: EngineCalls, clock: Clock): Engine {
  for (const call of methodsOf(engine)) calls.announce(call);
  return new Proxy(engine, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      return (...args: unknown[]) =>
        measured(name, calls, clock, () => Reflect.apply(member, target, args));
    },
  });
}

async function measured<T>(
  call: string,
  calls: EngineCalls,
  clock: Clock,
  run: () => Promise<T>,
): Promise<T> {
  const begun = clock.monotonic();
  let answered = true;
  try {
    return await run();
  } catch (error) {
    const code = error instanceof EngineError ? error.code : 'Other';
    answered = code !== 'Unavailable';
    calls.failed(call, code);
    throw error;
  } finally {
    if (!STREAMS.has(call)) calls.took(call, (clock.monotonic() - begun) / 1000, answered);
  }
}

function methodsOf(engine: Engine): string[] {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(engine));
  return names.filter((name) => name !== 'constructor');
}
