import { z } from 'zod'

const text = z.string().optional().catch(undefined)

/** Who an identity provider says that somebody is (OpenID Connect Core, section 5.1; SAML attributes get the same names). */
export const AssertedIdentity = z.object({
  sub: z.string().min(1).max(255),
  email: z.email(),
  email_verified: z.boolean().optional(),
  name: text,
  given_name: text,
  family_name: text,
  picture: text,
  locale: text,
  gender: text,
  phone_number: text,
  preferred_username: text,
  groups: z.array(z.string()).optional().catch(undefined),
  /** Attributes that only the customer knows, which become claims of the ID token. */
  custom: z.record(z.string(), z.string()).default({}),
  /** Claims that an application adds to the tokens of the sign-in. */
  claims: z.record(z.string(), z.unknown()).optional(),
  /** Everything that the identity provider said, by its own names. */
  raw: z.record(z.string(), z.unknown()).default({}),
})
export type AssertedIdentity = z.infer<typeof AssertedIdentity>
