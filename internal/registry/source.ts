import type { LoginResult } from '../apis/index.ts';

/** What a job wants to pull, and who it is. */
export interface LoginRequest {
  /** As `registryOf` gives it. */
  registry: string;
  namespace: string;
  /** Name of a credential of the operator's file. */
  credential?: string;
}

/** One place where credentials come from. Asked anew for every attempt. */
export interface CredentialSource {
  find(request: LoginRequest): Promise<LoginResult>;
}
