/** What a token may do, from the least to the most: each role may do all that those before it may. */
export const ROLES = ['view', 'submit', 'edit', 'admin'] as const;
export type Role = (typeof ROLES)[number];
