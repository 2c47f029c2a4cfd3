import { valueOfFile } from '../apis/index.ts';

/** A process's environment, or a test's. */
export type Env = Record<string, string | undefined>;
export type ReadFile = (path: string) => string;

/**
 * The text of a variable: of `NAME`, or of the file that `NAME_FILE` names, without its last line
 * end. Undefined when neither is set; a variable that is set to nothing is not set.
 * @param problem is called with what is wrong.
 */
export function readText(
  name: string,
  env: Env,
  readFile: ReadFile,
  problem: (line: string) => void,
): string | undefined {
  const text = env[name] || undefined;
  const file = env[`${name}_FILE`] || undefined;
  if (file === undefined) return text;
  if (text === undefined) return readIt(name, file, readFile, problem);
  problem(`${name} and ${name}_FILE are both set; keep one, for example ${name}_FILE=${file}`);
  return undefined;
}

function readIt(
  name: string,
  file: string,
  readFile: ReadFile,
  problem: (line: string) => void,
): string | undefined {
  const example = `name a readable file with the value in it, for example ${name}_FILE=/run/secrets/${name.toLowerCase()}`;
  let content: string;
  try {
    content = readFile(file);
  } catch (error) {
    problem(`${name}_FILE: the file cannot be read (${wordsOf(error)}); ${example}`);
    return undefined;
  }
  try {
    return valueOfFile(content);
  } catch (error) {
    problem(`${name}_FILE: the file ${JSON.stringify(file)} ${wordsOf(error)}; ${example}`);
    return undefined;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
