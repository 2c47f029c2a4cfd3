import type { MessageSigner } from './signature.ts';

/** Bodies up to this size are kept from the first pass and need no second one. */
const KEEP_BYTES = 256 * 1024;

/** What the first pass over a body found. */
export interface MeasuredBody {
  bytes: number;
  /** The body itself when it is small. */
  kept?: Buffer;
}

/**
 * The first pass over a body: its length in bytes and its signature, both of which have to go out
 * before it. The renderer is deterministic, so a second pass gives the same bytes.
 *
 * @throws the reason of `signal` once it aborted, and what `chunks` throws.
 */
export async function measureBody(
  chunks: AsyncIterable<string>,
  signer: MessageSigner | undefined,
  signal: AbortSignal,
): Promise<MeasuredBody> {
  let kept: Buffer[] | undefined = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    const encoded = Buffer.from(chunk, 'utf8');
    bytes += encoded.length;
    signer?.update(encoded);
    if (bytes > KEEP_BYTES) kept = undefined;
    kept?.push(encoded);
  }
  return kept === undefined ? { bytes } : { bytes, kept: Buffer.concat(kept) };
}
