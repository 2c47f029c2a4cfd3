/** Where the engine listens. */
export type EngineTarget =
  | { socketPath: string }
  | {
      protocol: 'http' | 'https';
      host: string;
      port: number;
      ca?: Buffer;
      cert?: Buffer;
      key?: Buffer;
    };
