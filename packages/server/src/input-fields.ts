import { isObject } from '@scalekit-mcp/auth/server'
import * as z from 'zod'
import { withoutInvisible } from './observe/invisible.js'

/** Fields that several tools share. Each is bounded; ids are checked here and encoded again by the API client. */

// Each is in many tools, so it is short there: an id comes from another result, and its form is checked when it comes.
const id = (prefix: string, what: string) => {
  const form = new RegExp(`^${prefix}_[0-9]{1,28}$`)
  return z
    .string()
    .max(64)
    .refine((value) => form.test(value), {
      message: `Not the id of a ${what.toLowerCase()}.`,
      params: { isId: true },
    })
    .describe(`${what} id.`)
}

export const mcpServerId = id('(res|app|mcp)', 'Registered MCP server')
export const connectionId = id('conn', 'Connection')
export const userId = id('usr', 'User')
export const clientId = id('(prd_)?skc', 'Client')
export const organizationClientId = id('m2morg', 'Client')
export const secretId = id('sec', 'Secret')
export const directoryId = id('dir', 'Directory')
export const directoryGroupId = id('dirgroup', 'Group')
export const domainId = id('dom', 'Domain')
export const sessionId = id('ses', 'Session')

/** An id or a name (of an organization also its external id): `resolve-names.ts` turns a name into the id before the tool runs. */
const idOrName = (prefix: string) => {
  const id = new RegExp(`^${prefix}_[0-9]{1,28}$`)
  return z
    .string()
    .min(1)
    .max(255)
    .refine((value) => id.test(value) || isName(value), {
      message: `Give an id (${prefix}_…) or a name. A name with / \\ ? # % = { } < > $ * or one that looks like an id does not work here: give the id.`,
    })
    .describe('Id or name.')
}

/** What could be an address, code, or an id of another kind is looked up nowhere. */
const noName = /[/\\?#%={}<>$*]|^\p{L}{1,12}_/u
const isName = (value: string) => isVisibleLine(value) && !noName.test(value.normalize('NFKC'))

export const environmentId = idOrName('env')
export const organizationId = idOrName('org').describe('Id, name or external id.')

/** The rule of the API for names of roles. */
export const roleName = z
  .string()
  .regex(/^[a-zA-Z0-9_]{1,64}$/, 'letters, digits and _, 64 at most')
  .describe('Role, like member.')

/** Line feed, tab, private use and unassigned. */
const outsideLine = /[\n\t\p{Co}\p{Cn}]/u

/**
 * Text that a person reads, on one line: nothing invisible but what scripts and emoji need, no space at either end. (A
 * refinement, not a `pattern`: not every client's regular expressions know Unicode classes.)
 */
export const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => isVisibleLine(value) && value.trim() === value, {
      message: 'Plain text without control characters or surrounding spaces.',
    })

function isVisibleLine(value: string): boolean {
  return withoutInvisible(value) === value && !outsideLine.test(value)
}

const metadataKey = text(25).min(3).describe('Key.')

/** Names and values that mean something to your own application. An object is accepted for the list of its members. */
export const metadata = (max: number) =>
  z.preprocess(
    (value) => (isObject(value) ? Object.entries(value).map(([key, each]) => ({ key, value: each })) : value),
    z
      .array(z.strictObject({ key: metadataKey, value: text(256).describe('Value.') }))
      .max(max)
      .refine((pairs) => new Set(pairs.map(({ key }) => key)).size === pairs.length, {
        message: 'Name each key once.',
      }),
  )

export type Metadata = readonly { readonly key: string; readonly value: string }[]

/** As the API has it. */
export const toMetadata = (pairs: Metadata = []): Record<string, string> =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, value]))

const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const emailAddress = new RegExp(`^[A-Za-z0-9.!#$%&'*+/=?^_\`{|}~-]{1,64}@${label}(?:\\.${label})+$`)

export const email = z
  .string()
  .min(3)
  .max(254)
  .refine((value) => emailAddress.test(value), { message: 'One e-mail address.' })
  .describe('E-mail address.')

/** How many items a page has, by what the API allows. `null` is absent. */
export const pageSizeBetween = (min: number, max: number) =>
  z
    .preprocess((value) => value ?? undefined, z.number().int().min(min).max(max).default(20))
    .describe('Items per page.')

export const pageSize = pageSizeBetween(1, 100)

/** Clients that convert `--tool-arg pageToken=1` themselves send the number. The schema says text. */
export const pageToken = z
  .preprocess(
    (value) => (Number.isSafeInteger(value) ? String(value) : (value ?? undefined)),
    z
      .string()
      .max(320)
      .refine((value) => /^[A-Za-z0-9_=+.-]*$/.test(value), 'Not a page token.')
      .optional(),
  )
  .optional()
  .describe('From nextPageToken.')

/** How every list answers. */
export const nextPageToken = z.string().optional().describe('There are more items.')

/** What a search looks for, by the rule of the API. */
export const searchQuery = text(100).min(3)
