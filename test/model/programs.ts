import type { Behaviour } from './behaviour.ts';
import type { ModelSpec } from './raw.ts';

/** A command of busybox, and what a model of its process does. */
export interface Program {
  command: string[];
  behaviour: Partial<Behaviour>;
}

const sh = (script: string) => ['sh', '-c', script];
const exits = (exitCode: number): Program => ({
  command: sh(`exit ${exitCode}`),
  behaviour: { exitCode },
});

/** No registry has it. */
export const MISSING_IMAGE = 'example.com/none:1';

/** What the conformance suite runs. */
export const PROGRAMS = {
  true: { command: ['true'], behaviour: {} },
  exits3: exits(3),
  exits127: exits(127),
  exits137: exits(137),
  sleeps: { command: ['sleep', '600'], behaviour: { runMs: 600_000, ignoresTerm: true } },
  /** Ends with 0 when it is told to, as a well-behaved server does. */
  endsOnTerm: {
    command: sh('trap "exit 0" TERM; while :; do sleep 0.1; done'),
    behaviour: { runMs: Number.POSITIVE_INFINITY, exitOnTerm: 0 },
  },
  runsAMoment: { command: sh('sleep 0.5'), behaviour: { runMs: 500 } },
  /** 3,001 bytes on stdout and 5 on stderr. */
  talks: {
    command: sh('head -c 3000 /dev/zero | tr "\\0" a; printf b; echo oops >&2'),
    behaviour: { stdout: `${'a'.repeat(3000)}b`, stderr: 'oops\n' },
  },
  /** 3,002 bytes on stdout and 5 on stderr; then it runs on. Engines log lines when they are whole. */
  talksOn: {
    command: sh('head -c 3000 /dev/zero | tr "\\0" a; echo b; echo oops >&2; sleep 600'),
    behaviour: {
      stdout: `${'a'.repeat(3000)}b\n`,
      stderr: 'oops\n',
      runMs: 600_000,
      ignoresTerm: true,
    },
  },
  isMissing: {
    command: ['/no/such/program'],
    behaviour: { failStart: 'exec: "/no/such/program": stat /no/such/program: no such file' },
  },
} satisfies Record<string, Program>;

/** The model of whatever the conformance suite runs. */
export function programBehaviour(spec: ModelSpec): Partial<Behaviour> {
  const { Image: image, Command: command } = spec.TaskTemplate.ContainerSpec;
  if (image === MISSING_IMAGE) return { reject: `No such image: ${image}` };
  const line = JSON.stringify(command);
  const programs: Program[] = Object.values(PROGRAMS);
  const program = programs.find((known) => JSON.stringify(known.command) === line);
  if (program === undefined) throw new Error(`the model knows no program ${line}`);
  return { startMs: 100, ...program.behaviour };
}
