import { attemptOf } from '../apis/index.ts';
import type { LogChunk, TaskView } from '../store/ports.ts';

/** What a follower of a log is told next. */
export type LogPiece =
  | { kind: 'attempt'; attempt: number }
  /** Bytes of the log that are no longer kept anywhere. */
  | { kind: 'gap'; attempt: number; stream: LogChunk['stream']; offset: number; bytes: number }
  | ({ kind: 'output' } & LogChunk);

/** Most bytes of one piece: as base64 it is 64 KiB. */
const MAX_PIECE_BYTES = 48 * 1024;
/** How much of what was told last is remembered, to know it again in what was stored. */
const REMEMBERED_BYTES = 1024;

/**
 * How far a follower of a task's log has come. What it is given may overlap, repeat, begin anew or lack
 * a part: it gives each byte out once and in order, and names what is missing. Pure.
 */
export class LogCursor {
  #attempt = 0;
  readonly #places = { stdout: new Place(), stderr: new Place() };

  /** The attempt of this number has begun. */
  *begin(attempt: number): Generator<LogPiece> {
    if (attempt <= this.#attempt) return;
    this.#attempt = attempt;
    this.#places.stdout = new Place();
    this.#places.stderr = new Place();
    yield { kind: 'attempt', attempt };
  }

  /** The part of a chunk that was not told yet. */
  *take({ attempt, stream, offset, data }: LogChunk): Generator<LogPiece> {
    yield* this.begin(attempt);
    if (attempt < this.#attempt) return;
    const place = this.#places[stream];
    const missing = offset - place.told;
    if (missing > 0) {
      yield { kind: 'gap', attempt, stream, offset: place.told, bytes: missing };
      place.skip(missing);
    }
    while (place.told < offset + data.length) {
      const from = place.told - offset;
      const piece = data.subarray(from, from + MAX_PIECE_BYTES);
      yield { kind: 'output', attempt, stream, offset: place.told, data: piece };
      place.tell(piece);
    }
  }

  /**
   * What was stored of a task that is counted, beyond what was told. An output that does not continue
   * what was told is what the task has reported of itself, and another text than its log.
   */
  *finish({ result, stdout, stderr }: TaskView): Generator<LogPiece> {
    if (result === undefined) return;
    const { output } = result;
    const attempt = attemptOf(result);
    yield* this.begin(attempt);
    for (const [stream, data] of [['stdout', stdout] as const, ['stderr', stderr] as const]) {
      const offset = output[stream].bytes - (data?.length ?? 0);
      if (data === undefined || !this.#places[stream].continuesIn(data, offset)) continue;
      yield* this.take({ attempt, stream, offset, data });
    }
  }
}

/** How far one stream of one attempt was told. */
class Place {
  told = 0;
  #last = Buffer.alloc(0);

  skip(bytes: number): void {
    this.told += bytes;
    this.#last = Buffer.alloc(0);
  }

  tell(piece: Buffer): void {
    this.told += piece.length;
    this.#last = Buffer.concat([this.#last, piece]).subarray(-REMEMBERED_BYTES);
  }

  /** Whether bytes from `offset` on are of the stream that was told, as far as can be seen. */
  continuesIn(data: Buffer, offset: number): boolean {
    const begin = Math.max(this.told - this.#last.length, offset);
    if (begin >= this.told) return true;
    const known = this.#last.subarray(begin - this.told);
    return known.equals(data.subarray(begin - offset, this.told - offset));
  }
}
