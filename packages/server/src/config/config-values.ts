import { readHost, readOrigins } from '@scalekit-mcp/auth'
import { isHost } from '@scalekit-mcp/auth/server'
import * as z from 'zod'
import { scopeAliases } from '../scope-names.js'
import { scopes } from '../tool.js'

// The forms that values of variables have.

export const baseUrl = z
  .string()
  .refine(isBaseUrl, 'set it to a URL like https://acme.scalekit.com, without user, query or fragment')
  .transform((value) => value.replace(/\/+$/, ''))

export const flag = z
  .enum(['0', '1', 'true', 'false'], { message: 'set it to 1 or 0' })
  .default('0')
  .transform((value) => value === '1' || value === 'true')

export const list = z
  .string()
  .default('')
  .transform((value) =>
    value
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean),
  )

export const host = z
  .string()
  .max(255)
  .transform((value, context) => {
    const address = readHost(value)
    if (address !== undefined) return address
    context.addIssue(
      'set it to an address of this machine without a port, like 127.0.0.1, 0.0.0.0 or ::1; the port is PORT',
    )
    return z.NEVER
  })

/** Values of the Host header. A scheme or a wildcard would never match. */
export const hosts = list.superRefine((entries, context) => {
  const wrong = entries.find((entry) => !isHost(entry))
  if (wrong === undefined) return
  // What is before the @ may be a password.
  const shown = wrong.replace(/^.*@/s, '…@')
  context.addIssue(
    `${shown} is not a host. Set it to hosts like mcp.internal:3002, without https:// and *, with commas between them`,
  )
})

export const origins = z
  .string()
  .default('')
  .transform((value, context) => {
    const { origins, wrong } = readOrigins(value)
    if (origins) return origins
    context.addIssue(
      `${wrong} is not an origin. Set it to origins like https://app.example.com, with commas between them`,
    )
    return z.NEVER
  })

/** Of MCP, apart from those of the server's other pages. */
export const path = z
  .string()
  .regex(/^\/[\w.~/-]{0,200}$/, 'set it to a path like /mcp')
  .refine(
    (value) => !/^\/(\.well-known|hand-off)(\/|$)|^\/(healthz?|ready)$/.test(value),
    'set it to another path: this server has a page there',
  )

/** Names of scopes, short or long, with spaces or commas between them. Without one: the smallest useful scopes. */
export const baselineScopes = list
  .transform((names) => names.flatMap((name) => name.split(/\s+/)).map((name) => scopeAliases[name] ?? name))
  .refine(
    (names) => names.every((name) => scopes.some((scope) => scope === name)),
    `set it to some of ${scopes.join(', ')}`,
  )
  .transform((names) => (names.length > 0 ? [...new Set(names)] : ['environment:read', 'organization:read']))

export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^[0-9]{1,9}$/, `set it to a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `set it to a whole number from ${min} to ${max}`)

const metadataDocument = z
  .object({
    resource: z.string(),
    authorization_servers: z.array(z.string().refine(isBaseUrl)).min(1),
  })
  .loose()

/** Protected resource metadata (RFC 9728 section 2) in JSON. */
export const resourceMetadata = z.string().transform((value, context) => {
  const metadata = metadataDocument.safeParse(parseJson(value))
  if (metadata.success) return metadata.data
  context.addIssue(
    'paste the JSON document that Scalekit shows for this MCP server, with "resource" and "authorization_servers", in one line; put it in single quotes in .env and in a shell',
  )
  return z.NEVER
})

/** Not a placeholder either, such as `https://{tenant}.okta.com`, which the URL parser accepts. */
export function isBaseUrl(value: string): boolean {
  const url = URL.canParse(value) && !/[\s{}]/.test(value) ? new URL(value) : undefined
  return (
    url !== undefined &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    !url.username &&
    !url.password &&
    !url.search &&
    !url.hash
  )
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}
