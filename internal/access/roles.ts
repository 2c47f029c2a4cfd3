import { ROLES, type Role } from '../apis/index.ts';

export { ROLES, type Role };

/** True when who has `role` may do what needs `needed`. */
export function suffices(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
