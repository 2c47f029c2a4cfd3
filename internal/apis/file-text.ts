/**
 * What the file of one value says, such as a password: without a byte order mark, which editors add and no reader
 * sees, and without its last line ends.
 *
 * @throws Error when nothing is left, or when blanks are at an end of it: they would be part of the value.
 */
export function valueOfFile(content: string): string {
  const text = content.replace(/^\uFEFF/, '').replace(/[\r\n]+$/, '');
  if (text === '') throw new Error('is empty');
  if (/^\s/.test(text)) throw new Error('begins with a blank or an empty line; remove it');
  if (/\s$/.test(text)) throw new Error('ends with a blank; remove it');
  return text;
}
