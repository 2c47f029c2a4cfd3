/** A task of the demo's job, and the exit status it must come to. */
export interface DemoTask {
  name: string;
  args: string[];
  status: number;
}

const sh = (script: string, ...args: string[]) => ['sh', '-c', script, ...args];

/** The demo's tasks: all but the last are plain commands that know nothing of Swarmer. */
export const DEMO_TASKS: readonly DemoTask[] = [
  { name: 'hello', args: ['echo', 'hello from a swarm task'], status: 0 },
  { name: 'fails', args: sh('echo "cannot go on" >&2; exit 3'), status: 3 },
  {
    name: 'both-streams',
    args: sh('for i in 1 2 3; do echo "line $i"; echo "warning $i" >&2; done'),
    status: 0,
  },
  {
    name: 'arguments',
    args: sh('for a; do echo "<$a>"; done', 'sh', 'a,b', 'say "it\'s"', 'two\nlines', ''),
    status: 0,
  },
  { name: 'environment', args: sh('echo "$TASK_NAME is task $SWARMER_TASK_INDEX"'), status: 0 },
  {
    name: 'takes-a-while',
    args: sh('for i in 1 2 3; do sleep 0.5; echo "step $i"; done'),
    status: 0,
  },
  { name: 'large-output', args: sh('head -c 2000000 /dev/zero | tr "\\0" x'), status: 0 },
  {
    name: 'with-runner',
    args: ['swarmer-run', 'sh', '-c', 'echo "reported by swarmer-run"; exit 5'],
    status: 5,
  },
];
