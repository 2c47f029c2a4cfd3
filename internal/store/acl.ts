import { createHash } from 'node:crypto';
import {
  apiRules,
  COMMON_COMMANDS,
  CONTROLLER_COMMANDS,
  type CommandRules,
  OPERATOR_COMMANDS,
  READING,
} from './acl-rules.ts';
import { escapeGlob } from './key-scan.ts';

/** The users of Redis, by what runs under them; the operator's is for backups and restores. */
export const ACL_USERS = ['api', 'controller', 'operator'] as const;
export type AclUser = (typeof ACL_USERS)[number];

/**
 * The ACL file of Redis 7 or Valkey with a user for each role, and no way in for the default one. A user
 * without a password is off.
 * @param prefix begins every key of the store.
 * @param passwords in clear; the file holds their SHA-256.
 */
export function aclFile(prefix: string, passwords: Partial<Record<AclUser, string>>): string {
  const rules = apiRules(escapeGlob(prefix));
  const controller = [...Object.keys(rules), ...CONTROLLER_COMMANDS];
  const grants = {
    api: apiGrants(rules, prefix),
    controller: wholeStore(controller, prefix),
    operator: wholeStore([...controller, ...OPERATOR_COMMANDS], prefix),
  };
  const users = ACL_USERS.map((user) => {
    return ['user', `swarmer-${user}`, ...loginOf(passwords[user]), ...CLEAN, ...grants[user]];
  });
  const lines = [['user', 'default', 'off', 'resetpass', ...REPLAYS], ...users];
  return lines.map((line) => `${line.join(' ')}\n`).join('');
}

const CLEAN = ['resetkeys', 'resetchannels', '-@all'];

/**
 * Nobody can log in as the default user, and yet it has to be allowed everything: Redis reads its
 * append-only file in its name, and leaves out every transaction that it may not do (7.0: an error in the
 * log, and a server that starts without what was written).
 */
const REPLAYS = ['allkeys', 'allchannels', '+@all'];

function loginOf(password: string | undefined): string[] {
  if (password === undefined) return ['off', 'resetpass'];
  return ['on', 'resetpass', `#${createHash('sha256').update(password).digest('hex')}`];
}

/** One selector per command. What a script does is checked call by call; what it is told of is not. */
function apiGrants(rules: CommandRules, prefix: string): string[] {
  const selectors = Object.entries(rules).map(([command, keys]) => {
    const sign = READING.has(command) ? '%R~' : '~';
    return `(+${command} ${keys.map((key) => sign + key).join(' ')})`;
  });
  return [...allow(COMMON_COMMANDS), `(+eval +evalsha ~${escapeGlob(prefix)}*)`, ...selectors];
}

function wholeStore(commands: readonly string[], prefix: string): string[] {
  const own = [...COMMON_COMMANDS, 'eval', 'evalsha', ...[...commands].sort()];
  return [`~${escapeGlob(prefix)}*`, ...allow(own)];
}

function allow(commands: readonly string[]): string[] {
  return commands.map((command) => `+${command}`);
}
