import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXPECTED } from '../../internal/manifest/testing/expected.ts';
import { timed } from './cpu-time.ts';
import { jobFile } from './manifest.ts';
import { serve } from './serve.ts';
import { PROGRAM } from './swarmerctl.ts';
import { verb } from './verb.ts';

const FOLDER = fileURLToPath(new URL('../../internal/manifest/testing/broken/', import.meta.url));
/** The one with a fault in an anchor, which is found wherever the anchor is used. */
const SEVERAL = 'in-an-anchor.yaml';
/** How often the time of the processor that node alone needs `validate` may take: 300 ms or so. */
const MOST_TIMES = 12;
const MEASUREMENTS = 3;

const { ctl, image } = await serve('ctl-broken');

/** That all faults are told, and a single one without any more words. */
function expectFaults(file: string, line: string, stderr: string): void {
  const lines = stderr.trimEnd().split('\n');
  expect(lines[0]?.startsWith(`${FOLDER}${file}:${line}`), stderr).toBe(true);
  if (file !== SEVERAL) expect(lines).toHaveLength(1);
  else expect(lines.at(-1)).toBe(`swarmerctl: there are ${lines.length - 1} faults in the files`);
}

/** The processor's time of a run, or of the cheapest of some if that is too much: others run too. */
async function cheapest(command: readonly string[], most: number) {
  let best = await timed(command);
  for (let i = 1; i < MEASUREMENTS && best.cpuMs >= most; i++) {
    const next = await timed(command);
    if (next.cpuMs < best.cpuMs) best = next;
  }
  return best;
}

test('every broken manifest is tested here', () => {
  expect(EXPECTED.map(([file]) => file).sort()).toEqual(readdirSync(FOLDER).sort());
});

verb('validate', () => {
  const cpuMs: number[] = [];
  let alone = 0;

  beforeAll(async () => {
    const node = [process.execPath, '-e', '0'];
    const starts = [await timed(node), await timed(node), await timed(node)];
    alone = Math.min(...starts.map((one) => one.cpuMs));
  });

  test.each(EXPECTED)('tells the fault of %s in a line, and soon', async (file, line) => {
    const validate = [process.execPath, PROGRAM, 'validate', '-f', `${FOLDER}${file}`];
    const outcome = await cheapest(validate, MOST_TIMES * alone);
    cpuMs.push(outcome.cpuMs);
    expect([outcome.code, outcome.stdout]).toEqual([1, '']);
    expectFaults(file, line, outcome.stderr);
    expect(outcome.cpuMs).toBeLessThan(MOST_TIMES * alone);
  });

  afterAll(() => {
    const sorted = cpuMs.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    const ratio = (median / alone).toFixed(1);
    process.stdout.write(
      `validate of ${sorted.length} broken manifests: ${median} ms of CPU (median), ` +
        `${sorted.at(-1)} ms (most); node alone ${alone} ms: ${ratio} times that\n`,
    );
  });

  test('says of a good manifest that it is valid, without a server', async () => {
    const file = ctl.file('good.yaml', jobFile('good', { image }));
    const outcome = await ctl.at('http://127.0.0.1:9').run(['validate', '-f', file]);
    expect(outcome).toEqual({ code: 0, stdout: `${file}: job/good is valid\n`, stderr: '' });
  });
});

describe('swarmerctl apply', () => {
  test('of a broken manifest tells its fault and sends nothing', async () => {
    const before = await ctl.json(['get', 'jobs', '-A']);
    expect(before).toMatchObject({ items: [] });
    for (const [file, line] of EXPECTED) {
      const { code, stdout, stderr } = await ctl.run(['apply', '-f', `${FOLDER}${file}`]);
      expect([file, code, stdout]).toEqual([file, 1, '']);
      expectFaults(file, line, stderr);
    }
    // With the version of the whole store.
    expect(await ctl.json(['get', 'jobs', '-A'])).toEqual(before);
    expect(await ctl.json(['get', 'cronjobs', '-A'])).toMatchObject({ items: [] });
  });
});
