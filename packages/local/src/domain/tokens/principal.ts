/** Who calls the management API, from a token that was verified. */
export type Principal =
  /** An environment's own credentials, or the workspace's: `realm` is the environment's id or `workspace`. */
  | { kind: 'client'; realm: string; clientId: string }
  /** A member of the workspace. */
  | { kind: 'member'; memberId: string; role: 'ADMIN' | 'USER' }
  /**
   * A user of an environment, in an application of a customer. `organization`: the one that the token is for;
   * `sessionId`: the session that it comes from, if any.
   */
  | {
      kind: 'session'
      realm: string
      userId: string
      organization: string | undefined
      sessionId: string | undefined
      permissions: string[]
    }

/** Finds the caller of an `authorization` header; undefined without a valid token. */
export type Authenticate = (authorization: string | null) => Promise<Principal | undefined>
