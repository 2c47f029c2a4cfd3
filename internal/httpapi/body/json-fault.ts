import { type Path, pathText } from '../../apis/validation/index.ts';

/** Where in a text something is: both from 1, the column in UTF-16 units as editors count. */
export interface TextPosition {
  line: number;
  column: number;
}

/** Why a text is refused as JSON. */
export class JsonFault extends Error {
  readonly position: TextPosition;
  /** Where in the value, for a fault that is not one of syntax. */
  readonly path: string | undefined;

  constructor(message: string, position: TextPosition, path?: Path) {
    super(message);
    this.name = 'JsonFault';
    this.position = position;
    this.path = path === undefined ? undefined : pathText(path);
  }
}

export function positionAt(text: string, offset: number): TextPosition {
  let line = 1;
  let lineStart = 0;
  for (;;) {
    const end = text.indexOf('\n', lineStart);
    if (end === -1 || end >= offset) return { line, column: offset - lineStart + 1 };
    line += 1;
    lineStart = end + 1;
  }
}
