import { describe, expect, it } from 'vitest';
import { faultOf } from './start-failure.ts';
import {
  COMMAND_FAULTS,
  type FailedStart,
  JOB_FAULTS,
  NODE_FAULTS,
  RESTARTS,
} from './testing/start-failures.ts';

const titled = ({ what, words, seen }: FailedStart) =>
  [seen === undefined ? what : `${what} (${seen})`, words] as const;

describe('a start that failed', () => {
  it.each(NODE_FAULTS.map(titled))('is the fault of the node: %s', (_what, words) => {
    expect(faultOf(words)).toBe('node');
  });

  it.each(RESTARTS.map(titled))('met a restart of the engine: %s', (_what, words) => {
    expect(faultOf(words)).toBe('restart');
  });

  it('is the fault of the job when nothing is known of it', () => {
    expect(faultOf('starting container failed: something that nobody has seen yet')).toBe('job');
    expect(faultOf('')).toBe('job');
  });
});

/** All that an engine says of a fault that is not the job's, and the last words of it on their own. */
const LOOK_ALIKES = [
  ...[...NODE_FAULTS, ...RESTARTS].map(({ words }) => words),
  ...['connection refused', 'context canceled', 'ttrpc: closed', 'id already in use'],
  ...['transport is closing', `task ${'a'.repeat(64)}: already exists`, 'already exists'],
  ...['no space left on device', 'too many open files', 'cannot allocate memory'],
  ...['input/output error', 'resource temporarily unavailable', 'Address already in use'],
  'assigned node no longer meets constraints',
];

/** Places in which such text stands within that of a job: a path, a line of its own, the end of a word. */
const DISGUISES: ((text: string) => string)[] = [
  (text) => `/opt/check-${text}`,
  (text) => `/x: ${text}`,
  (text) => `/x: ${text}: unknown`,
  (text) => `x"\n${text}`,
  (text) =>
    `x': ${text}: unknown: Are you trying to mount a directory onto a file (or vice-versa)? `,
];

describe('text of a job decides nothing', () => {
  const texts = LOOK_ALIKES.flatMap((words) => DISGUISES.map((disguise) => disguise(words)));

  it.each(JOB_FAULTS.map(({ what, words }) => [what, words] as const))('in %s', (_what, words) => {
    const mistaken = texts.map(words).filter((said) => faultOf(said) !== 'job');
    expect(mistaken).toEqual([]);
  });

  it.each(COMMAND_FAULTS.map(({ what, words }) => [what, words] as const))(
    'in a command that is %s',
    (_what, words) => {
      const mistaken = texts.map(words).filter((said) => faultOf(said) !== 'command');
      expect(mistaken).toEqual([]);
    },
  );
});
