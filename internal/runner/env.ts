/** Environment variables by name, as a process gets them. */
export type Env = Readonly<Record<string, string | undefined>>;
