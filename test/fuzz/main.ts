import { parseArgs } from 'node:util';
import { Policy } from '../../internal/policy/index.ts';
import { openApi } from '../api/open-api.ts';
import { startLab } from '../lab/lab.ts';
import { stopOnSignals } from '../lab/signals.ts';
import { CALLS } from './requests.ts';
import { runFuzz } from './run-fuzz.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});
const print = (text: string) => process.stdout.write(`${text}\n`);

process.exitCode = (await main()) ? 0 : 1;

async function main(): Promise<boolean> {
  const lab = await startLab({ redis: true });
  const forgetSignals = stopOnSignals(() => lab.stop());
  const api = await openApi(lab.redis.socketPath, { policy: new Policy() });
  const started = process.hrtime.bigint();
  try {
    const run = { seed: Number(values.seed), count: Number(values.requests) };
    const { statuses, calls, faults } = await runFuzz(api, run, (done) =>
      print(`${done} requests`),
    );
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    const total = [...statuses.values()].reduce((sum, count) => sum + count, 0);
    print(`${total} requests of seed ${run.seed} in ${seconds.toFixed(0)} s`);
    for (const [status, count] of [...statuses].sort(([a], [b]) => a - b))
      print(`  ${status}: ${count}`);
    const succeeded = [...calls.values()].filter((it) => it.succeeded > 0).length;
    print(
      `${calls.size} of ${CALLS.length} calls were answered, ${succeeded} of them with success`,
    );
    for (const fault of faults) print(`✗ ${fault}`);
    return faults.length === 0 && total >= run.count;
  } finally {
    await api.close();
    forgetSignals();
    await lab.stop();
  }
}
