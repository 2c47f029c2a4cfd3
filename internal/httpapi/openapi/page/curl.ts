import type { OperationObject } from '../document.ts';

/** What stands in the path of an example, by parameter. */
const EXAMPLES: Record<string, string> = {
  namespace: 'default',
  name: 'report',
  id: '01JGFJJZ000000000000000000',
};

/** The call as a command line for a shell. */
export function curlOf(method: string, path: string, operation: OperationObject): string {
  const { requestBody, security } = operation;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => EXAMPLES[name] ?? name);
  const token = security.some((scheme) => 'reportToken' in scheme);
  const address = token ? '"$SWARMER_ADDRESS"' : `"$SWARMER_SERVER${filled}"`;
  const example = requestBody?.content['application/json']?.example;
  return [
    `curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}${address}`,
    ...(security.some((scheme) => 'userToken' in scheme)
      ? ['-H "Authorization: Bearer $SWARMER_TOKEN"']
      : []),
    ...(example === undefined
      ? []
      : ["-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(example))}`]),
  ].join(' \\\n  ');
}

/** The command line that reads the events of a call, where it has any. */
export function curlOfEvents(path: string, operation: OperationObject): string | undefined {
  const flag = operation.parameters.find(({ name }) => name === 'watch' || name === 'follow');
  if (flag === undefined) return undefined;
  return curlOf('get', `${path}?${flag.name}=true`, operation).replace('curl ', 'curl -N ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
