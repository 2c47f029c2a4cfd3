import type { Random } from './random.ts';

/** A task whose result says whose it is, so that a result of another one is noticed. */
export interface ChaosTask {
  name: string;
  args: string[];
  /** What its command does; the one truth about it. */
  expected: { status: number; stdout: string; stderr: string };
}

type Make = (task: { id: string; name: string; random: Random }) => Omit<ChaosTask, 'name'>;

/** Which client an image has in it. */
export type Client = 'none' | 'swarmer-run';

/**
 * A task of a job; some are short and some take up to 5 s. No image has both clients: busybox is
 * static, and its wget breaks on the libraries that node needs; on its own option -T too.
 */
export function makeTask(jobKey: string, index: number, client: Client, random: Random): ChaosTask {
  const name = `t${index}`;
  const reporting = client === 'none' ? withOwnReport : withRunner;
  const kind = random.pick([plain, plain, withHandler, reporting]);
  return { name, ...kind({ id: `${jobKey}/${name}`, name, random }) };
}

/** The shortest there is, to see whether the world works. */
export function probeTask(jobKey: string): ChaosTask {
  const [out, expected] = [`out ${jobKey}`, { status: 0, stdout: `out ${jobKey}\n`, stderr: '' }];
  return { name: 'probe', args: ['echo', out], expected };
}

const plain: Make = ({ id, random }) => {
  const status = statusFor(random);
  return {
    args: ['sh', '-c', `sleep ${durationFor(random)}; ${says(id)}; exit ${status}`],
    expected: outputs(id, status),
  };
};

/** Ends by itself on SIGTERM, as most programs do, also with 0: swarm takes that for an end. */
const withHandler: Make = ({ id, random }) => {
  const [status, onTerm] = [statusFor(random), random.pick([0, 143])];
  const seconds = random.int(1, 4);
  const script = `trap "exit ${onTerm}" TERM; sleep ${seconds} & wait $!; ${says(id)}; exit ${status}`;
  return { args: ['sh', '-c', script], expected: outputs(id, status) };
};

const withRunner: Make = ({ id, random }) => {
  const status = statusFor(random);
  const script = `sleep ${durationFor(random)}; ${says(id)}; exit ${status}`;
  return { args: ['swarmer-run', 'sh', '-c', script], expected: outputs(id, status) };
};

/** Reports by wget, as often as it takes; its container exits with 0 whatever it reported. */
const withOwnReport: Make = ({ id, name, random }) => {
  const expected = outputs(id, statusFor(random));
  const { status, stdout, stderr } = expected;
  const body = { task_name: name, task_status: status, task_result: { stdout, stderr } };
  const post = `timeout 3 wget -q -O /dev/null --header 'Content-Type: application/json' --post-data "$1" "$SWARMER_ADDRESS"`;
  const script = `sleep ${durationFor(random)}; for i in $(seq 150); do ${post} && exit 0; sleep 0.4; done; exit 99`;
  return { args: ['sh', '-c', script, 'sh', JSON.stringify(body)], expected };
};

function statusFor(random: Random): number {
  return random.chance(0.6) ? 0 : random.int(1, 120);
}

/** Seconds. */
function durationFor(random: Random): number {
  return random.chance(0.7) ? random.int(0, 6) / 10 : random.int(2, 5);
}

function says(id: string): string {
  return `echo "out ${id}"; echo "err ${id}" >&2`;
}

function outputs(id: string, status: number): ChaosTask['expected'] {
  return { status, stdout: `out ${id}\n`, stderr: `err ${id}\n` };
}
