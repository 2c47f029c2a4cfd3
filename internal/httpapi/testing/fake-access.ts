import type { Access, Identity, Namespaces, Role } from '../../access/index.ts';

const { signal: revoked } = new AbortController();

/** Tokens such as `edit:a,b` or `view:*` speak for themselves. */
export const spokenAccess: Access = {
  identify(token): Identity | undefined {
    const [role, names] = token?.split(':') ?? [];
    if (token === undefined || names === undefined) return undefined;
    const namespaces: Namespaces = names === '*' ? '*' : names.split(',');
    return { id: token, name: token, role: role as Role, namespaces, revoked };
  },
};
