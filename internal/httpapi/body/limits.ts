const MIB = 1024 * 1024;

/** Arrays and objects within each other in any body. Ours need 4. */
export const MAX_DEPTH = 32;
/** Members of one object in any body. */
export const MAX_MEMBERS = 10_000;
/** Bytes of a body with a spec or tasks. */
export const SPEC_BODY_BYTES = 16 * MIB;
