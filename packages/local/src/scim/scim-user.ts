import { z } from 'zod'
import { DirectoryUserData } from '../domain/directories/directory-data.js'
import type { DirectoryEntryRow } from '../storage/registry-schema.js'
import { withNames } from './attribute-names.js'
import { ScimError } from './scim-error.js'

const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** A user as a provisioning client sends it (RFC 7643, section 4.1). What is not named here is kept as it is. */
const ScimUser = z.looseObject({
  userName: z.string().min(1).max(255),
  externalId: z.string().max(255).optional(),
  active: z.boolean().default(true),
  name: z.looseObject({ givenName: z.string().optional(), familyName: z.string().optional() }).optional(),
  emails: z.array(z.looseObject({ value: z.string(), primary: z.boolean().optional() })).default([]),
})

/** Reads a user and returns its columns. An id or groups in the body are ignored. Throws a `ScimError`. */
export function readUser(body: unknown): {
  userName: string
  externalId: string | undefined
  data: DirectoryUserData
} {
  const parsed = ScimUser.safeParse(withNames(body, Object.keys(ScimUser.shape)))
  if (!parsed.success) throw new ScimError(400, z.prettifyError(parsed.error), 'invalidValue')
  const { id: _id, meta: _meta, groups: _groups, schemas: _schemas, ...user } = parsed.data
  const addresses = user.emails.map(({ value }) => value)
  const primary = user.emails.find((email) => email.primary)?.value ?? addresses[0]
  return {
    userName: user.userName,
    externalId: user.externalId,
    data: DirectoryUserData.parse({
      email: primary ?? (user.userName.includes('@') ? user.userName : ''),
      emails: addresses,
      preferred_username: user.userName,
      given_name: user.name?.givenName,
      family_name: user.name?.familyName,
      detail: user,
    }),
  }
}

/** A stored user as SCIM shows it. */
export function showUser(row: DirectoryEntryRow, location: string) {
  const { detail, groups } = DirectoryUserData.parse(JSON.parse(row.data))
  return {
    ...detail,
    schemas: [USER_SCHEMA],
    id: row.id,
    groups: groups.map((value) => ({ value })),
    meta: metaOf(row, 'User', location),
  }
}

export function metaOf(
  { created_at, updated_at }: DirectoryEntryRow,
  resourceType: string,
  location: string,
) {
  return {
    resourceType,
    created: new Date(created_at).toISOString(),
    lastModified: new Date(updated_at).toISOString(),
    location,
  }
}
