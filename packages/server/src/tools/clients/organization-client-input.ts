import * as z from 'zod'
import { text } from '../../input-fields.js'
import type { Target } from '../../tool.js'

/** What can be said of a client. The API leaves as it is what is not said, and cannot empty a list. */
export const organizationClientSettings = {
  name: text(128).describe('Display name.'),
  description: text(512).optional().describe('What it is for.'),
  scopes: z
    .array(z.string().regex(/^[a-zA-Z0-9:]{1,64}$/, 'letters, digits and :, 64 at most'))
    .min(1)
    .max(50)
    .optional()
    .describe('What its tokens allow, like deploy:write.'),
  audience: z
    .array(z.string().regex(/^[\x21-\x7e]{1,256}$/, 'visible ASCII characters without spaces, 256 at most'))
    .min(1)
    .max(20)
    .optional()
    .describe('For whom its tokens are, like https://api.example.com.'),
  accessTokenSeconds: z.number().int().min(300).max(86_400).optional().describe('Life of access tokens.'),
}

/** What the tokens of a client allow and reach, for the question. */
export function clientChanges(settings: {
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly audience?: readonly string[] | undefined
  readonly accessTokenSeconds?: number | undefined
}): NonNullable<Target['changes']> {
  return {
    Name: settings.name,
    Description: settings.description,
    Scopes: settings.scopes,
    Audience: settings.audience,
    'Life of access tokens in seconds': settings.accessTokenSeconds,
  }
}
