const MIB = 1024 * 1024;

/** Arrays and objects within each other in any body. Ours need 4. */
export const MAX_DEPTH = 32;
/** Members of one object in any body. */
export const MAX_MEMBERS = 10_000;
/** Values of any body. 100,000 tasks, each with a few variables and limits of its own, have half as many. */
export const MAX_VALUES = 2_500_000;
/** For how many an object or a list counts: the smallest takes that much more memory than a text. */
export const CONTAINER_WEIGHT = 4;
/** Bytes of a body with a spec or tasks. */
export const SPEC_BODY_BYTES = 16 * MIB;
