import * as z from 'zod'

/** Fields that several tools share. Each is bounded; ids are checked here and encoded again by the API client. */

const id = (prefix: string, what: string) =>
  z
    .string()
    .max(32)
    .regex(new RegExp(`^${prefix}_[0-9]{1,28}$`))
    .describe(`${what}, like ${prefix}_100000000000000001.`)

export const environmentId = id('env', 'Environment id')
export const organizationId = id('org', 'Organization id')
export const userId = id('usr', 'User id')
export const clientId = z
  .string()
  .max(32)
  .regex(/^(prd_)?skc_[0-9]{1,24}$/)
  .describe('Client id, like skc_100000000000000001.')

/** The rule of the API for names of roles. */
export const roleName = z
  .string()
  .regex(/^[a-zA-Z0-9_]{1,64}$/)
  .describe('Name of a role, like member.')

const visibleText = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]+$/u

/**
 * Text that a person reads: no control, direction or invisible characters, no lone surrogates, no space at
 * either end. (A refinement, not a `pattern`: not every client's regular expressions know Unicode classes.)
 */
export const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => visibleText.test(value) && value.trim() === value, {
      message: 'Plain text without control characters or surrounding spaces.',
    })

const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const emailAddress = new RegExp(`^[A-Za-z0-9.!#$%&'*+/=?^_\`{|}~-]{1,64}@${label}(?:\\.${label})+$`)

export const email = z
  .string()
  .min(3)
  .max(254)
  .refine((value) => emailAddress.test(value), { message: 'One e-mail address.' })
  .describe('E-mail address.')

export const pageSize = z.number().int().min(1).max(100).default(20).describe('Items per page, at most 100.')

export const pageToken = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[A-Za-z0-9_=+-]+(\.[A-Za-z0-9_=+-]+)*$/)
  .optional()
  .describe('nextPageToken of the previous page; leave out for the first page.')

/** How every list answers. */
export const nextPageToken = z.string().optional().describe('Present when there are more items.')
