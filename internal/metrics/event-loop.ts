import { performance } from 'node:perf_hooks';
import { Counter, type Registry } from 'prom-client';

/**
 * How busy the event loop is. Counted by the loop itself and read when the page is asked for: prom-client's
 * own histogram of the lag wakes an idle process a hundred times a second.
 */
export function countEventLoop(registers: Registry[]): void {
  const { active, idle } = { active: 'ran code', idle: 'waited for something to do' };
  for (const [name, what] of Object.entries({ active, idle })) {
    new Counter({
      name: `swarmer_event_loop_${name}_seconds_total`,
      help: `Time in which the event loop ${what}: active / (active + idle) is its utilisation`,
      registers,
      collect() {
        const used = performance.eventLoopUtilization();
        this.reset();
        this.inc((name === 'active' ? used.active : used.idle) / 1000);
      },
    });
  }
}
