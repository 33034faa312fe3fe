import type { ScopeAliases } from './scopes.js'
import { Secret } from './secret.js'

/** The rules by which a token was verified. Each verifier has one object of its own. */
export interface Verification {
  readonly audience: string | readonly string[]
  readonly scopeAliases?: ScopeAliases | undefined
}

/**
 * The token of a caller. Only a verifier makes one, so that it shows that a caller was verified, and by which rules. An
 * object that came over the wire has none.
 */
export class AccessToken extends Secret {
  constructor(
    value: string,
    readonly verification: Verification,
  ) {
    super(value)
  }
}
