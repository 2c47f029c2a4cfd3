/** What a token may do, from the least to the most: each role may do all that those before it may. */
export const ROLES = ['view', 'submit', 'edit', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** True when who has `role` may do what needs `needed`. */
export function suffices(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
