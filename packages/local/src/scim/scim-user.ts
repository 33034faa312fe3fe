import { z } from 'zod'
import { DirectoryGroupData, DirectoryUserData } from '../domain/directories/directory-data.js'
import type { JsonObject } from '../domain/directories/json.js'
import type { DirectoryEntryRow } from '../storage/registry-schema.js'
import { EXTERNAL_ID, readResource, SHORT_TEXT, TEXT, withCommon } from './scim-resource.js'
import { USERS } from './scim-schema.js'

const ADDRESS = 'send the e-mail address as text, or leave the entry out'

/** What of a user has a place of its own (RFC 7643, section 4.1). Everything else is kept as it is. */
const ScimUser = z.looseObject({
  userName: z.string(SHORT_TEXT).min(1, SHORT_TEXT).max(255, SHORT_TEXT),
  externalId: z.string(EXTERNAL_ID).max(255, EXTERNAL_ID).optional(),
  active: z.boolean('send true or false').default(true),
  name: z
    .looseObject({ givenName: z.string(TEXT).optional(), familyName: z.string(TEXT).optional() })
    .optional(),
  emails: z
    .array(z.looseObject({ value: z.string(ADDRESS), primary: z.boolean('send true or false').optional() }))
    .default([]),
})

/** Reads a user, by the names of the schema, and returns its columns. Throws a `ScimError`. */
export function readUser(resource: JsonObject): {
  userName: string
  externalId: string | undefined
  data: DirectoryUserData
} {
  const user = readResource(ScimUser, resource)
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
      detail: { ...resource, active: user.active },
    }),
  }
}

/** A stored user as SCIM shows it, with the groups that they are in. */
export function showUser(row: DirectoryEntryRow, groups: readonly DirectoryEntryRow[], base: string) {
  const { detail, groups: ids } = DirectoryUserData.parse(JSON.parse(row.data))
  const own = groups.filter(({ id }) => ids.includes(id))
  return {
    ...withCommon(USERS, row, detail, base),
    groups: own.map(({ id, data }) => ({
      value: id,
      $ref: `${base}/Groups/${id}`,
      display: DirectoryGroupData.parse(JSON.parse(data)).display_name,
    })),
  }
}
