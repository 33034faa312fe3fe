import { z } from 'zod'

/** Who an identity provider says that somebody is (OpenID Connect Core, section 5.1; SAML attributes get the same names). */
export const AssertedIdentity = z.object({
  sub: z.string().min(1).max(255),
  email: z.email(),
  email_verified: z.boolean().optional(),
  name: z.string().optional().catch(undefined),
  given_name: z.string().optional().catch(undefined),
  family_name: z.string().optional().catch(undefined),
  groups: z.array(z.string()).optional().catch(undefined),
})
export type AssertedIdentity = z.infer<typeof AssertedIdentity>
