import { Refused } from './errors.ts';
import { commaList } from './texts.ts';

const ENTRY = /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)=([1-9]\d{0,3})$/;
const WANTED = 'a list such as team-a=3,team-b=1: namespaces with a weight from 1 to 9999 each';

/** Reads weights of namespaces: `team-a=3,team-b=1`. */
export function weights(text: string): Record<string, number> {
  const read = commaList(text).map((entry) => {
    const [, name, weight] = ENTRY.exec(entry) ?? [];
    if (name === undefined) throw new Refused(`${JSON.stringify(entry)} is no part of ${WANTED}`);
    return [name, Number(weight)] as const;
  });
  const twice = read.find(([name], i) => read.findIndex(([other]) => other === name) !== i);
  if (twice !== undefined) throw new Refused(`${twice[0]} is named twice`);
  return Object.fromEntries(read);
}
