import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { text } from '../../input-fields.js'
import type { Target } from '../../tool.js'
import { isPlainUrl } from './inert.js'

const loopback = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?(\/|$)/

/** A resource indicator (RFC 8707 section 2): an absolute URL without fragment; without query, as MCP asks. */
function wrongWithUrl(url: string): string | undefined {
  if (!/^[\x21-\x7e]+$/.test(url) || !URL.canParse(url))
    return 'Give a whole URL, like https://mcp.example.com/mcp.'
  const { protocol, username, password, search, hash, href } = new URL(url)
  if (protocol !== 'https:' && !loopback.test(url)) return 'Give an https URL; http is for localhost only.'
  if (username || password || search || hash) return 'A URL without user, query and fragment.'
  if (!isPlainUrl(url))
    return "Write ! $ & ' ( ) * ; in percent-encoding: developers paste this URL into a shell."
  if (href !== url && href !== `${url}/`)
    return 'Write it in its plain form: lower-case host, no default port.'
  return undefined
}

export const serverUrl = z
  .string()
  .min(1)
  .max(512)
  .superRefine((url, context) => {
    const message = wrongWithUrl(url)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })
  .describe('URL that clients use, exactly: the audience of its tokens.')

export const scopeNames = z
  .array(z.string().regex(/^[a-zA-Z0-9:]{1,64}$/, 'letters, digits and :, 64 at most'))
  .max(50)
  .describe('Names of scopes, like todo:read.')

export const serverName = text(128).describe('Name that people see when they sign in.')
export const serverDescription = text(512).describe('What the server does.')
export const accessTokenSeconds = z.number().int().min(60).max(86_400).describe('Life of access tokens.')
export const refreshTokenSeconds = z
  .number()
  .int()
  .min(3_600)
  .max(31_536_000)
  .describe('Life of refresh tokens.')

export const provider = text(512).describe(
  'keyId of the connection that signs people in; not with useScalekitAuthentication: true.',
)
export const useScalekitAuthentication = z
  .boolean()
  .describe('true: Scalekit signs people in. false: the provider does; name it.')

/** What earlier clients call these arguments. */
export const formerServerNames = {
  mcpServerUrl: 'url',
  access_token_expiry: 'accessTokenSeconds',
  accessTokenExpiry: 'accessTokenSeconds',
  use_scalekit_authentication: 'useScalekitAuthentication',
} as const

/** Who signs people in. */
interface SignIn {
  readonly provider?: string | undefined
  readonly useScalekitAuthentication?: boolean | undefined
}

/** @throws ToolError `invalid_arguments` where the two arguments do not agree */
export function requireProvider({ provider, useScalekitAuthentication }: SignIn): void {
  if (useScalekitAuthentication === false && provider === undefined) {
    throw new ToolError('invalid_arguments', 'provider: Needed when useScalekitAuthentication is false.')
  }
  if (useScalekitAuthentication === true && provider !== undefined) {
    throw new ToolError('invalid_arguments', 'provider: Leave it out when useScalekitAuthentication is true.')
  }
}

/** Who signs people in, as the API has it: empty is Scalekit, undefined leaves what is there. */
export function providerOf({ provider, useScalekitAuthentication }: SignIn): string | undefined {
  return useScalekitAuthentication ? '' : provider
}

/** Who may get tokens for the server and how, for the question. */
export function serverChanges(settings: {
  readonly name?: string | undefined
  readonly url?: string | undefined
  readonly description?: string | undefined
  readonly provider?: string | undefined
  readonly useScalekitAuthentication?: boolean | undefined
  readonly scopes?: readonly string[] | undefined
  readonly accessTokenSeconds?: number | undefined
  readonly refreshTokenSeconds?: number | undefined
  readonly dynamicRegistration?: boolean | undefined
  readonly metadataDocuments?: boolean | undefined
  readonly crossAppAccess?: boolean | undefined
}): NonNullable<Target['changes']> {
  return {
    Name: settings.name,
    URL: settings.url,
    Description: settings.description,
    'Signed in by': providerOf(settings) === '' ? 'Scalekit' : settings.provider,
    Scopes: settings.scopes,
    'Life of access tokens in seconds': settings.accessTokenSeconds,
    'Life of refresh tokens in seconds': settings.refreshTokenSeconds,
    'Clients may register themselves': settings.dynamicRegistration,
    'Clients may use metadata documents': settings.metadataDocuments,
    'Cross-app access': settings.crossAppAccess,
  }
}
