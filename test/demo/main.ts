import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { type Lab, startLab } from '../lab/lab.ts';
import { stopOnSignals } from '../lab/signals.ts';
import { waitFor } from '../lab/wait.ts';
import { type Delivery, Receiver } from '../support/receiver.ts';
import { Swarmer } from '../support/swarmer.ts';
import { Progress } from './progress.ts';
import { bodyText, resultTable } from './report.ts';
import { DEMO_TASKS } from './tasks.ts';

/* Runs a job of 8 tasks from end to end and shows what arrives:  make demo */
const IMAGE = 'swarmer-demo:1';
const out = process.stdout;

function say(what: string): void {
  out.write(`${styleText('green', '✓', { stream: out })} ${what}\n`);
}

/** A plain image: no entry point, nothing of Swarmer but a runner that one task calls by its name. */
async function makeImage(lab: Lab): Promise<void> {
  const from = await lab.ensureImage('node');
  const runner = fileURLToPath(new URL('../../dist/cmd/swarmer-run.cjs', import.meta.url));
  const program = `#!/usr/bin/node\n${readFileSync(runner, 'utf8').replace(/^#!.*\n/, '')}`;
  await lab.buildImage(IMAGE, from, { '/bin/swarmer-run': { mode: 0o755, data: program } });
}

async function submit(swarmer: Swarmer, receiver: Receiver): Promise<string> {
  return swarmer.submit({
    image_name: IMAGE,
    callback_url: receiver.url('/done'),
    tasks: DEMO_TASKS.map(({ name, args }) => ({ task_name: name, task_args: args })),
  });
}

async function follow(swarmer: Swarmer, receiver: Receiver, id: string): Promise<Delivery> {
  const progress = new Progress(out);
  const look = async () => {
    progress.show(await swarmer.status(id));
    return receiver.at('/done')[0];
  };
  const delivery = await waitFor(look, {
    what: 'the callback',
    timeoutMs: 60_000,
    intervalMs: 100,
  });
  progress.end();
  return delivery;
}

/** Names of tasks that did not come to what they must. */
function surprises({ body }: Delivery): string[] {
  const wrong = DEMO_TASKS.filter(({ status }, i) => body.tasks[i]?.status !== status);
  return wrong.map(({ name }) => name);
}

async function demo(lab: Lab, swarmer: Swarmer, receiver: Receiver): Promise<void> {
  await makeImage(lab);
  say(`image ${IMAGE}, made on this machine: no registry is asked`);
  await swarmer.start();
  say(`swarmer serve on ${swarmer.url}, with its embedded Redis`);
  say(`callback receiver on ${receiver.url('/done')}`);
  const id = await submit(swarmer, receiver);
  say(`submitted job ${id} of ${DEMO_TASKS.length} tasks`);
  const delivery = await follow(swarmer, receiver, id);
  out.write(`\nThe callback's body (${delivery.text.length} characters, long outputs cut here):\n`);
  out.write(`${bodyText(delivery.body)}\n\n`);
  out.write(`${resultTable(delivery.body, out.isTTY && !process.env['NO_COLOR'])}\n\n`);
  const wrong = surprises(delivery);
  if (wrong.length > 0) throw new Error(`not as expected: ${wrong.join(', ')}`);
  say('every task came to the exit status it must');
}

const lab = await startLab({ swarm: true });
const forgetSignals = stopOnSignals(() => lab.stop());
const receiver = await Receiver.start();
const swarmer = new Swarmer(lab, { env: { SWARMER_INSTANCE: 'demo' } });
try {
  say(`private swarm of one node in ${lab.dir}; this machine's own Docker is not touched`);
  await demo(lab, swarmer, receiver);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
} finally {
  await swarmer.end();
  await receiver.stop();
  await lab.stop();
  forgetSignals();
  say('cleaned up: server, Redis, swarm and all they left');
}
