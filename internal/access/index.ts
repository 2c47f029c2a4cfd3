export { parseAccess, type TokenEntry } from './access-file.ts';
export { type Access, type Identity, type Namespaces, sees } from './identity.ts';
export { ROLES, type Role, suffices } from './roles.ts';
export { hashOf, newToken } from './token.ts';
export { openAccess, TokenAccess } from './token-access.ts';
