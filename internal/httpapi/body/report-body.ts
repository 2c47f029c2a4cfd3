import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ReportedMember, ReportedMembers } from '../../apis/validation/index.ts';
import type { Clock } from '../../clock/clock.ts';
import { Tail } from '../../tail/tail.ts';
import { askForBody } from '../server/expected-body.ts';
import { JsonPieces, type ValueKind, type ValueTaker } from './json-pieces.ts';
import { requireUncompressed } from './media-type.ts';

/** What came of a report. */
export interface ReportBody {
  members: ReportedMembers;
  hasResult: boolean;
  /** The end of each stream; absent where the report says nothing of it. */
  stdout: Tail | undefined;
  stderr: Tail | undefined;
  /** SHA-256 of all that came: the same report again is no second one. */
  digest: string;
  /** False when it broke off before its end. */
  whole: boolean;
}

interface ReadOptions {
  /** Bytes kept of each stream, from its end. */
  outputLimitBytes: number;
  clock: Clock;
}

/** Bytes of a report that are read: what goes on for ever does not count beyond that. */
const MAX_BYTES = 1024 * 1024 * 1024;
/** For how long a client may send nothing, in ms. */
const IDLE_MS = 30_000;
/** Kept of each short member. */
const MAX_MEMBER_BYTES = 1024;

/**
 * Reads a report as it comes. Only the end of each stream is kept, so memory does not depend on how much is
 * sent. What the body is declared to be says nothing of it: `curl -d` sends JSON as a form.
 * @throws ApiProblem 400 when it is no JSON, 415 when it is compressed.
 */
export async function readReport(
  request: IncomingMessage,
  { outputLimitBytes, clock }: ReadOptions,
): Promise<ReportBody> {
  requireUncompressed(request);
  askForBody(request);
  const reader = new ReportReader(outputLimitBytes, decoderOf(request));
  const stall = () => request.destroy();
  let cancel = clock.after(IDLE_MS, stall);
  try {
    const chunks: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
    for await (const chunk of chunks) {
      cancel();
      if (reader.push(chunk) > MAX_BYTES) break;
      cancel = clock.after(IDLE_MS, stall);
    }
  } catch (error) {
    // A connection that broke: what has come is all that there is.
    if (!request.destroyed) throw error;
  } finally {
    cancel();
  }
  return reader.end(request.complete);
}

type Decoder = InstanceType<typeof TextDecoder>;

/** Undefined for UTF-8, and for what nobody knows. */
function decoderOf({ headers }: IncomingMessage): Decoder | undefined {
  const [, charset = 'utf-8'] =
    /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(headers['content-type'] ?? '') ?? [];
  if (/^(utf-?8|us-ascii)$/i.test(charset)) return undefined;
  try {
    return new TextDecoder(charset);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const SHORT = ['task_name', 'task_status', 'interrupted'] as const;
const COUNTS = ['stdout_bytes', 'stderr_bytes'] as const;
const STREAMS = ['stdout', 'stderr'] as const;

class ReportReader {
  readonly #limit: number;
  readonly #decoder: Decoder | undefined;
  readonly #json = new JsonPieces((path, kind) => this.#takerOf(path, kind));
  readonly #hash = createHash('sha256');
  readonly #members: ReportedMembers = {};
  readonly #streams: { stdout?: Tail | undefined; stderr?: Tail | undefined } = {};
  #hasResult = false;
  #size = 0;

  constructor(limit: number, decoder: Decoder | undefined) {
    this.#limit = limit;
    this.#decoder = decoder;
  }

  /** @returns how many bytes have come so far. */
  push(chunk: Buffer): number {
    this.#hash.update(chunk);
    const text = this.#decoder && Buffer.from(this.#decoder.decode(chunk, { stream: true }));
    const bytes = text ?? chunk;
    const marked = this.#size === 0 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK);
    this.#json.push(marked ? bytes.subarray(3) : bytes);
    this.#size += chunk.length;
    return this.#size;
  }

  end(complete: boolean): ReportBody {
    const whole = this.#json.end() && complete;
    const { stdout, stderr } = this.#streams;
    const digest = this.#hash.digest('hex');
    const said = { members: this.#members, hasResult: this.#hasResult };
    return { ...said, stdout, stderr, digest, whole };
  }

  /** Members that nobody knows are passed over: a later client may say more. */
  #takerOf([outer, inner]: readonly string[], kind: ValueKind): ValueTaker | undefined {
    if (inner === undefined) {
      if (outer === 'task_result') this.#hasResult = true;
      const member = SHORT.find((name) => name === outer);
      return member && this.#memberTaker(member, kind);
    }
    if (outer !== 'task_result') return undefined;
    const count = COUNTS.find((name) => name === inner);
    if (count !== undefined) return this.#memberTaker(count, kind);
    const stream = STREAMS.find((name) => name === inner);
    return stream && this.#streamTaker(stream, kind);
  }

  #memberTaker(name: keyof ReportedMembers, kind: ValueKind): ValueTaker {
    const text = new ShortText();
    return {
      take: (piece) => text.take(piece),
      end: () => {
        const member: ReportedMember = { text: text.text, isString: kind === 'string' };
        const earlier = this.#members[name];
        if (earlier === undefined) this.#members[name] = member;
        else if (earlier.text !== member.text) earlier.contradicted = true;
      },
    };
  }

  /** What is no text is kept as its JSON, but null, which says nothing. */
  #streamTaker(name: (typeof STREAMS)[number], kind: ValueKind): ValueTaker {
    const tail = new Tail(this.#limit);
    if (kind !== 'scalar') {
      this.#streams[name] = tail;
      return { take: (piece) => tail.push(piece), end() {} };
    }
    const text = new ShortText();
    return {
      take: (piece) => text.take(piece),
      end: () => {
        tail.push(Buffer.from(text.text));
        this.#streams[name] = text.text === 'null' ? undefined : tail;
      },
    };
  }
}

/** The beginning of a value that is short, if it is what it should be. */
class ShortText {
  #bytes = Buffer.alloc(0);

  take(piece: Buffer): void {
    const room = MAX_MEMBER_BYTES - this.#bytes.length;
    if (room > 0) this.#bytes = Buffer.concat([this.#bytes, piece.subarray(0, room)]);
  }

  get text(): string {
    return this.#bytes.toString('utf8');
  }
}
