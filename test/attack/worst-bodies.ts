const MIB = 1024 * 1024;

/** A text of so many bytes: one entry after the other, each by its number. */
function filled(
  bytes: number,
  [head, tail]: [string, string],
  entry: (i: number) => string,
): Buffer {
  const parts = [head];
  let length = head.length + tail.length;
  for (let i = 0; ; i++) {
    const next = (i === 0 ? '' : ',') + entry(i);
    length += Buffer.byteLength(next);
    if (length > bytes) break;
    parts.push(next);
  }
  return Buffer.from(parts.join('') + tail);
}

const LIST: [string, string] = ['{"x":[', ']}'];
const SUBMISSION: [string, string] = ['{"image_name":"x","callback_url":null,"tasks":[', ']}'];
/** Small to send, and large as values: each takes many times its length in memory. */
export function worstBodies(): Buffer[] {
  return [
    filled(10 * MIB, LIST, () => '{}'),
    filled(15 * MIB, LIST, () => '[1]'),
    filled(15 * MIB, LIST, (i) => `{"k${i}":1}`),
    filled(15 * MIB, LIST, (i) => `"é${i}"`),
    filled(15 * MIB, SUBMISSION, (i) => `{"task_name":"t${i}","task_args":[[],[],[],[]]}`),
    filled(64 * 1024, LIST, () => '[1]'),
  ];
}
