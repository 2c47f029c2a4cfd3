import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeScript, PATH } from './testing/harness.ts';
import { Receiver } from './testing/receiver.ts';

const SOURCE = fileURLToPath(new URL('../../cmd/swarmer-run.ts', import.meta.url));
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
const TRAP_ALL = `
  for (const signal of ${JSON.stringify(SIGNALS)})
    process.on(signal, () => { console.log(signal); process.exit(7); });
  setInterval(() => {}, 1e6);
  console.log('ready');`;

let dir: string;

function bundle(format: 'cjs' | 'esm', file: string) {
  const outfile = join(dir, file);
  const entryPoints = [SOURCE];
  return build({ entryPoints, outfile, format, bundle: true, platform: 'node', target: 'node20' });
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'swarmer-run-'));
  await bundle('cjs', 'run.cjs');
  await bundle('esm', 'run.mjs');
});
afterAll(() => rmSync(dir, { recursive: true }));

function start(argv: string[], env: Record<string, string> = {}, file = 'run.cjs') {
  return spawn(process.execPath, [join(dir, file), ...argv], {
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function ending(child: ChildProcess): Promise<number | null> {
  const [status] = await once(child, 'exit');
  return status;
}

describe('the bundle', () => {
  it.each(['run.cjs', 'run.mjs'])(
    '%s runs a command, reports and exits with its status',
    async (file) => {
      const receiver = await Receiver.withStatuses(503, 204);
      const env = { SWARMER_ADDRESS: receiver.address, TASK_NAME: 't' };
      const child = start(['--', 'sh', '-c', 'echo out; echo err >&2; exit 3'], env, file);
      const result = Promise.all([text(child.stdout), text(child.stderr), ending(child)]);
      expect(await result).toEqual(['out\n', 'err\n', 3]);
      expect(receiver.reports).toHaveLength(2);
      await receiver.close();
    },
  );

  it.each(SIGNALS)('hands %s on to the command', async (signal) => {
    const child = start(nodeScript(TRAP_ALL));
    const status = ending(child);
    child.stdout.once('data', () => child.kill(signal));
    expect(await text(child.stdout)).toContain(signal);
    expect(await status).toBe(7);
  });

  it('exits and reports as a shell would when the forwarded signal ends the command', async () => {
    const receiver = await Receiver.withStatuses(204);
    const env = { SWARMER_ADDRESS: receiver.address, TASK_NAME: 't' };
    const child = start(['sh', '-c', 'echo ready; exec sleep 1000'], env);
    child.stdout.once('data', () => child.kill('SIGTERM'));
    expect(await ending(child)).toBe(143);
    expect(receiver.reports).toMatchObject([{ task_status: 143 }]);
    await receiver.close();
  });

  it('ends at a second SIGTERM while nobody takes its report', async () => {
    const receiver = await Receiver.start(() => {
      child.kill('SIGTERM');
      setImmediate(() => child.kill('SIGINT'));
    });
    const env = { SWARMER_ADDRESS: receiver.address, TASK_NAME: 't' };
    const child = start(['sh', '-c', 'exit 3'], env);
    expect(await ending(child)).toBe(3);
    await receiver.close();
  });

  it('passes 500 MB through in bounded memory', async () => {
    let peakKb = 0;
    const receiver = await Receiver.start((response) => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peakKb = Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1]);
      response.writeHead(204).end();
    });
    const env = { SWARMER_ADDRESS: receiver.address, TASK_NAME: 't' };
    const child = start(['head', '-c', '500000000', '/dev/zero'], env);
    let seen = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.length;
    });
    expect(await ending(child)).toBe(0);
    await receiver.close();
    expect(seen).toBe(500_000_000);
    expect(peakKb).toBeGreaterThan(0);
    expect(peakKb).toBeLessThan(250_000);
    expect(receiver.reports).toMatchObject([{ task_result: { stdout_bytes: 500_000_000 } }]);
  }, 60_000);
});
