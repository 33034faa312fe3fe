import * as z from 'zod'

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
  const metadata = metadataDocument.safeParse(parseJson(withoutQuotes(value)))
  if (metadata.success) return metadata.data
  context.addIssue(
    'paste the JSON document that Scalekit shows for this MCP server, with "resource" and "authorization_servers"',
  )
  return z.NEVER
})

export function isBaseUrl(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined
  return (
    url !== undefined &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    !url.username &&
    !url.password &&
    !url.search &&
    !url.hash
  )
}

/** `.env` needs quotes around JSON, and `docker run --env-file` passes them on. */
function withoutQuotes(value: string): string {
  return /^(['"]).*\1$/s.test(value) ? value.slice(1, -1) : value
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}
