/** What one manifest file may be; more is refused before it costs memory or time. */
export const MANIFEST_LIMITS = {
  /** Bytes of one file in UTF-8; and characters that its aliases may expand to. */
  bytes: 1024 * 1024,
  /** Mappings and lists within one another. */
  depth: 32,
  /** Aliases that aliases of one document may expand to. */
  nestedAliases: 100,
  /** Faults shown of one file; the others are counted. */
  faultsShown: 100,
} as const;
