import { ManifestFileError } from './file-access.ts';
import { MANIFEST_LIMITS } from './limits.ts';

/**
 * The text of a file or stream. No more is read than shows that it is too large.
 * @throws ManifestFileError when it cannot be read, or is not UTF-8.
 */
export async function readText(
  source: string,
  chunks: AsyncIterable<Uint8Array | string>,
): Promise<string> {
  const bytes = await readBytes(source, chunks);
  // What is cut may be cut within a character; it is refused for its length.
  const fatal = bytes.length <= MANIFEST_LIMITS.bytes;
  try {
    return new TextDecoder('utf-8', { fatal }).decode(bytes);
  } catch (error) {
    throw new ManifestFileError(`${source}: is not text in UTF-8: save it as UTF-8`, {
      cause: error,
    });
  }
}

async function readBytes(source: string, chunks: AsyncIterable<Uint8Array | string>) {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of chunks) {
      parts.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
      length += chunk.length;
      if (length > MANIFEST_LIMITS.bytes) break;
    }
  } catch (error) {
    throw new ManifestFileError(`${source}: cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return Buffer.concat(parts);
}
