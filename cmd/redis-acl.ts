import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { valueOfFile } from '../internal/apis/index.ts';
import { loadSettings } from '../internal/config/index.ts';
import { ACL_USERS, type AclUser, aclFile } from '../internal/store/acl.ts';

const HELP = `
Prints an ACL file for Redis 7 or Valkey (\`aclfile\` of its configuration) with the users swarmer-api,
swarmer-controller and swarmer-operator, each with what it does and no more; \`serve\` runs as
swarmer-controller, \`backup\` and \`restore\` as swarmer-operator. The default user has no way in: add a
user of your own, and one for replicas. A user without a password file is off. SWARMER_REDIS_PREFIX is
heeded.
`;

/** Adds `swarmer redis-acl`. */
export function addRedisAcl(program: Command): void {
  const command = program
    .command('redis-acl')
    .description('Print an ACL file of Redis with a user for each role')
    .addHelpText('after', HELP);
  for (const user of ACL_USERS) {
    command.option(
      `--${user}-password-file <path>`,
      `file with the password of swarmer-${user}`,
      password,
    );
  }
  command.action((options: Record<string, string>) => {
    const { redisPrefix } = loadSettings(process.env, (path) => readFileSync(path, 'utf8'));
    const passwords: Partial<Record<AclUser, string>> = {};
    for (const user of ACL_USERS) {
      const given = options[`${user}PasswordFile`];
      if (given !== undefined) passwords[user] = given;
    }
    process.stdout.write(aclFile(redisPrefix, passwords));
  });
}

function password(path: string): string {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InvalidArgumentError(`The file cannot be read: ${(error as Error).message}.`);
  }
  try {
    return valueOfFile(content);
  } catch (error) {
    throw new InvalidArgumentError(`The file ${(error as Error).message}.`);
  }
}
