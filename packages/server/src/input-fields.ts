import { isObject } from '@scalekit-mcp/auth'
import * as z from 'zod'
import { withoutInvisible } from './observe/invisible.js'

/** Fields that several tools share. Each is bounded; ids are checked here and encoded again by the API client. */

// Each stands in many tools, so it is said in few words: the pattern shows the form of an id.
const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_[0-9]{1,28}$`))

export const environmentId = id('env')
export const organizationId = id('org')
export const mcpServerId = id('(res|app|mcp)')
export const connectionId = id('conn')
export const userId = id('usr')
export const clientId = id('(prd_)?skc')
export const organizationClientId = id('m2morg')
export const secretId = id('sec')
export const directoryId = id('dir')
export const directoryGroupId = id('dirgroup')
export const domainId = id('dom')
export const sessionId = id('ses')

/** The rule of the API for names of roles. */
export const roleName = z
  .string()
  .regex(/^[a-zA-Z0-9_]{1,64}$/)
  .describe('Name of a role, like member.')

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

const metadataKey = text(25).min(3)

/** Names and values that mean something to your own application. An object is accepted for the list of its members. */
export const metadata = (max: number) =>
  z.preprocess(
    (value) => (isObject(value) ? Object.entries(value).map(([key, each]) => ({ key, value: each })) : value),
    z
      .array(z.strictObject({ key: metadataKey, value: text(256) }))
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
  z.preprocess((value) => value ?? undefined, z.number().int().min(min).max(max).default(20))

export const pageSize = pageSizeBetween(1, 100)

/** Clients that convert `--tool-arg pageToken=1` themselves send the number. The schema says text. */
export const pageToken = z
  .preprocess(
    (value) => (Number.isSafeInteger(value) ? String(value) : (value ?? undefined)),
    z
      .string()
      .regex(/^[A-Za-z0-9_=+.-]{0,320}$/)
      .optional(),
  )
  .optional()
  .describe('From nextPageToken.')

/** How every list answers. */
export const nextPageToken = z.string().optional().describe('There are more items.')

/** What a search looks for, by the rule of the API. */
export const searchQuery = text(100).min(3)
