import type { LogPending, TaskEnd, TaskOutput } from '../../resources.ts';
import type { FakeApi } from '../../testing/fake-api.ts';
import type { FakeStream } from '../../testing/http-fake.ts';

/** The streams of output that were opened, newest last. */
export interface FakeLogs {
  streams: LogStream[];
  /** Resolves with the stream of that number, from 0, as soon as it is opened. */
  opened(at: number): Promise<LogStream>;
}

/** The stream of one task's output, as a test writes it. */
export interface LogStream {
  task: string;
  output(text: string | Buffer, offset: number, over?: Record<string, unknown>): void;
  attempt(attempt: number): void;
  pending(log_reason: string): void;
  end(over?: Partial<TaskEnd>): void;
  cut(): void;
}

const ENDED: Omit<TaskEnd, 'task'> = {
  index: 0,
  phase: 'Succeeded',
  exitStatus: 0,
  truncated: false,
  log: 'complete',
};
const EMPTY = { attempt: 1, stdout: '', stderr: '' };

/** Makes the fake server stream the output of tasks; `stored` is what it has without `follow`. */
export function addLogs(
  api: FakeApi,
  stored: (task: string, attempt: string | null) => Partial<TaskOutput> = () => ({}),
): FakeLogs {
  const streams: LogStream[] = [];
  const waiting = new Map<number, (stream: LogStream) => void>();
  api.route('GET', '/v1/namespaces/[^/]+/jobs/[^/]+/logs', ({ query }, stream) => {
    const task = query.get('task') ?? '';
    if (query.get('follow') !== 'true') {
      const given = stored(task, query.get('attempt'));
      const body: TaskOutput = { ...ENDED, ...EMPTY, task, ...given };
      return { body };
    }
    stream.raw(':\n');
    const made = logStream(task, stream);
    waiting.get(streams.push(made) - 1)?.(made);
    return undefined;
  });
  const opened = (at: number) =>
    new Promise<LogStream>((resolve) => {
      const there = streams[at];
      if (there === undefined) waiting.set(at, resolve);
      else resolve(there);
    });
  return { streams, opened };
}

function logStream(task: string, stream: FakeStream): LogStream {
  const of = { task, index: 0, attempt: 1 };
  return {
    task,
    output(text, offset, over = {}) {
      const data = Buffer.from(text).toString('base64');
      stream.send({ event: 'output', data: { ...of, stream: 'stdout', offset, data, ...over } });
    },
    attempt: (attempt) => stream.send({ event: 'attempt', data: { ...of, attempt } }),
    pending(log_reason) {
      const data: LogPending = { task, index: 0, log_reason };
      stream.send({ event: 'pending', data });
    },
    end(over = {}) {
      const data: TaskEnd = { ...ENDED, task, ...over };
      stream.send({ event: 'end', data });
    },
    cut: () => stream.cut(),
  };
}
