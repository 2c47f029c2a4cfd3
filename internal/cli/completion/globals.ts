/** Options of the line that is completed which say where its names are to be looked up. */
const LOOK_UP: Readonly<Record<string, string>> = {
  '-n': 'namespace',
  '--namespace': 'namespace',
  '--server': 'server',
  '--token': 'token',
  '--context': 'context',
};

/** Their values, by the name that commander would give them. */
export function globalsOf(words: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [at, word] of words.slice(0, -1).entries()) {
    const [flag = '', inline] = word.split(/=(.*)/s);
    const name = Object.hasOwn(LOOK_UP, flag) ? LOOK_UP[flag] : undefined;
    const value = inline ?? words[at + 1];
    if (name !== undefined && value !== undefined) found[name] = value;
  }
  return found;
}

/** bash takes `--output=json` apart into three words; the candidates then are to stand without the first two. */
export function joinedWords(words: readonly string[]): { words: string[]; apart: boolean } {
  const joined: string[] = [];
  for (const [at, word] of words.entries()) {
    const goesOn = word === '=' || words[at - 1] === '=';
    const before = goesOn && at > 0 ? joined.pop() : undefined;
    joined.push((before ?? '') + word);
  }
  return { words: joined, apart: words.at(-1) === '=' || words.at(-2) === '=' };
}
