/** The fields of one type of the Kubernetes API. A field in neither list is unknown. */
export interface FieldTable {
  /** The type's name in the API reference. */
  type: string;
  /** Fields that are read. */
  converted: readonly string[];
  /** Fields that have no equivalent, and what a note says of each. */
  dropped: Readonly<Record<string, string>>;
  /** Values of those that say what is so without them: they need no note. */
  harmless?: Readonly<Record<string, readonly unknown[]>>;
}
