import type { Command } from 'commander';
import { ROLES } from '../internal/access/roles.ts';

interface CreateOptions {
  name: string;
  role: string;
  namespace: string[];
}

/** `swarmer token create`: makes a token, and the entry of the access file that lets it in. */
export function addTokenCommand(program: Command): void {
  program
    .command('token')
    .description('Make tokens for the file of SWARMER_ACCESS_FILE')
    .command('create')
    .description('Make a token: its entry for the file goes to stdout, the token itself to stderr')
    .requiredOption('--name <name>', 'what logs call it: a-z, 0-9 and "-"')
    .requiredOption('--role <role>', ROLES.join(', '))
    .requiredOption('--namespace <name...>', 'those that it is bound to, or "*" for all of them')
    .addHelpText(
      'after',
      '\nExample:\n  $ swarmer token create --name ci --role submit --namespace team-a >> access.yaml',
    )
    .action((options: CreateOptions, command: Command) => create(options, command));
}

async function create({ name, role, namespace }: CreateOptions, command: Command): Promise<void> {
  const [{ stringify }, { hashOf, newToken, parseAccess }] = await Promise.all([
    import('yaml'),
    import('../internal/access/index.ts'),
  ]);
  const token = newToken();
  const namespaces = namespace.includes('*') ? '*' : namespace;
  const entry = { name, role, namespaces, hash: hashOf(token) };
  const parsed = parseAccess({ apiVersion: 'swarmer/v1', kind: 'Access', tokens: [entry] });
  if (!parsed.ok) {
    const problems = parsed.problems.map(({ path, message }) => {
      return `--${path.replace('tokens[0].', '').replace(/^namespaces.*/, 'namespace')}: ${message}`;
    });
    command.error(`swarmer: ${problems.join('\nswarmer: ')}`, { exitCode: 2 });
  }
  process.stdout.write(stringify([entry], { flowCollectionPadding: false }));
  process.stderr.write(`The token, shown only now: ${token}\n`);
}
