import { cleanLeftovers } from './leftovers.ts';

/* Removes what killed runs left and says what that was: npx tsx test/lab/clean.ts */
const leftovers = await cleanLeftovers();
for (const { lab, removed } of leftovers) {
  process.stdout.write(`${lab.id}:\n${removed.map((line) => `  ${line}\n`).join('')}`);
}
if (leftovers.length === 0) process.stdout.write('lab: nothing left by killed runs\n');
