import type { clients } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { clientId, environmentId } from '../../input-fields.js'
import { defineTool, type ToolContext } from '../../tool.js'
import { findClient } from '../find-client.js'
import { isAlready } from '../is-already.js'
import { requireChange } from '../require-change.js'
import { clientFields, requireListed, toClient } from './client.js'
import { edited, editUris, type ListEdit } from './edit-uris.js'
import { anyListedUri, anyRedirectUri, initiateLoginUri, requireAllowedIn } from './redirect-uri.js'

const added = z.array(anyRedirectUri).max(20).optional()
const removed = z.array(anyListedUri).max(20).optional()

const urls = {
  addRedirectUris: added.describe('Callbacks: where a sign-in may end.'),
  removeRedirectUris: removed.describe('Callbacks to remove.'),
  addPostLogoutRedirectUris: added.describe('Where a sign-out may end.'),
  removePostLogoutRedirectUris: removed.describe('Post-logout URIs to remove.'),
  initiateLoginUri: initiateLoginUri
    .optional()
    .describe('Where a sign-in begins that did not start in the app.'),
}

type Urls = z.output<z.ZodObject<typeof urls>>
type WhichUrls = Urls & { readonly environmentId: string; readonly clientId?: string | undefined }

export default defineTool({
  name: 'set_app_urls',
  title: 'Set app URLs',
  description:
    "Change the callback, post-logout and initiate-login URLs of an app (by default the environment's own client) in one write. What is not named stays: read the present URLs with list_redirect_uris.",
  toolset: 'redirect-uris',
  scopes: ['environment:write'],
  effect: 'update',
  input: z.object({
    environmentId,
    clientId: clientId.optional().describe("Default: the environment's own client."),
    ...urls,
  }),
  output: z.object({ client: clientFields }),
  check(args) {
    requireChange(withoutEmptyLists(args), Object.keys(urls))
    const { postLoginUris, postLogoutRedirectUris } = editsOf(args)
    requireOneWay('addRedirectUris', postLoginUris)
    requireOneWay('addPostLogoutRedirectUris', postLogoutRedirectUris)
  },
  async target(args, context) {
    const client = await checkedClient(args, context)
    const { postLoginUris, postLogoutRedirectUris, initiateLoginUri } = editsOf(args)
    const wanted = {
      postLoginUris: edited(client.postLoginUris, postLoginUris),
      postLogoutRedirectUris: edited(client.postLogoutRedirectUris, postLogoutRedirectUris),
      initiateLoginUri,
    }
    return {
      id: client.id,
      name: client.name || client.id,
      changes: preview(client, args),
      already: isAlready({ ...client }, wanted) ? { client: toClient(client) } : undefined,
    }
  },
  async run(args, context) {
    const { id } = await checkedClient(args, context)
    const edit = { environmentId: args.environmentId, clientId: id, ...editsOf(args) }
    return { client: toClient(await editUris(context, edit)) }
  },
})

/**
 * The client that the URLs are of, where they can be set as they are named.
 *
 * @throws ToolError `invalid_arguments`, or `not_found` for a URI to remove that the client does not have
 */
async function checkedClient(args: WhichUrls, { scalekit }: ToolContext): Promise<clients.Client> {
  const { postLoginUris, postLogoutRedirectUris } = editsOf(args)
  const initiate = args.initiateLoginUri ? [args.initiateLoginUri] : []
  for (const uri of [...postLoginUris.add, ...postLogoutRedirectUris.add, ...initiate]) {
    await requireAllowedIn(args.environmentId, uri, scalekit)
  }
  const client = await findClient(scalekit, args.environmentId, args.clientId)
  for (const uri of postLoginUris.remove) requireListed(client.postLoginUris, uri)
  for (const uri of postLogoutRedirectUris.remove) requireListed(client.postLogoutRedirectUris, uri)
  return client
}

function editsOf(args: Urls) {
  return {
    postLoginUris: { add: args.addRedirectUris ?? [], remove: args.removeRedirectUris ?? [] },
    postLogoutRedirectUris: {
      add: args.addPostLogoutRedirectUris ?? [],
      remove: args.removePostLogoutRedirectUris ?? [],
    },
    initiateLoginUri: args.initiateLoginUri,
  }
}

/** A list of nothing to add or to remove changes nothing. */
function withoutEmptyLists(args: Urls) {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value.length > 0))
}

function requireOneWay(name: string, { add = [], remove = [] }: ListEdit): void {
  if (!add.some((uri) => remove.includes(uri))) return
  throw new ToolError('invalid_arguments', `${name}: a URI is to be added and to be removed.`)
}

/** What a person confirms: each URI that comes or goes, and the lists as they are after it. */
function preview(client: clients.Client, args: Urls) {
  const { postLoginUris, postLogoutRedirectUris, initiateLoginUri } = editsOf(args)
  return {
    ...previewOf('redirect URIs', client.postLoginUris, postLoginUris),
    ...previewOf('post-logout URIs', client.postLogoutRedirectUris, postLogoutRedirectUris),
    'Initiate login URI': initiateLoginUri,
  }
}

function previewOf(label: string, before: readonly string[], edit: Required<ListEdit>) {
  const { add = [], remove = [] } = edit
  if (add.length + remove.length === 0) return {}
  return {
    [`Added ${label}`]: add.length > 0 ? add : undefined,
    [`Removed ${label}`]: remove.length > 0 ? remove : undefined,
    [`All ${label} after it`]: edited(before, edit),
  }
}
