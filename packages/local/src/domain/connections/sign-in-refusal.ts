/**
 * Why a sign-in cannot go on, for the client that asked: a stable code of Scalekit's or OAuth's, and a
 * description that says what to do. The cause is for the developer's log.
 */
export class SignInRefusal extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'SignInRefusal'
    this.code = code
  }
}

/** Somebody has proven who they are, and does not get into the organization that the request asks for. */
export class NotInOrganization extends SignInRefusal {
  constructor(name: string) {
    super('access_denied', `${name} does not belong to the organization.`)
    this.name = 'NotInOrganization'
  }
}
