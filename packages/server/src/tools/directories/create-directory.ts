import { directories } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationId } from '../../input-fields.js'
import { defineTool, type ToolContext } from '../../tool.js'
import { organizationTarget } from '../organization-target.js'
import { undoOnFailure } from '../undo-on-failure.js'
import { directoryFields, toDirectory } from './directory.js'
import { revealDirectory } from './directory-credentials.js'
import { readDirectory, type WhichDirectory } from './read-directory.js'

const providers = [
  'OKTA',
  'GOOGLE',
  'MICROSOFT_AD',
  'AUTH0',
  'ONELOGIN',
  'JUMPCLOUD',
  'PING_IDENTITY',
] as const

export default defineTool({
  name: 'create_directory',
  title: 'Create directory',
  description:
    "Create a SCIM directory of an organization, which the customer's identity provider fills with users and groups. A person gets the endpoint and the token to paste there.",
  toolset: 'directories',
  scopes: ['organization:write'],
  effect: 'create',
  reveals: { kind: 'secret', message: 'Paste both at the identity provider. The token is shown this once.' },
  input: z.object({
    environmentId,
    organizationId,
    provider: z.enum(providers).optional().describe('Identity provider; leave out for any other.'),
    enabled: z.boolean().default(true).describe('Accept users and groups at once.'),
  }),
  output: z.object({ directory: directoryFields }),
  target: (args, context) =>
    organizationTarget(args, context, {
      Directory: `SCIM, from ${args.provider ?? 'any identity provider'}`,
      Enabled: args.enabled,
    }),
  async run({ environmentId, organizationId, provider, enabled }, { scalekit, progress, undo }) {
    const client = scalekit.directories(environmentId)
    const { directory } = await client.createDirectory({
      organizationId,
      directory: {
        directoryType: directories.DirectoryType.SCIM,
        directoryProvider: provider && directories.DirectoryProvider[provider],
      },
    })
    if (!directory) throw new ToolError('internal', 'Scalekit did not return the directory.')
    progress(1, 'Created', 2)
    // Several steps for the API, one for the caller: when one is refused, no directory stays behind.
    const which = { environmentId, organizationId, directoryId: directory.id }
    return undoOnFailure(
      open(scalekit, which, enabled),
      () =>
        undo((scalekit) =>
          scalekit.directories(environmentId).deleteDirectory({ organizationId, id: directory.id }),
        ),
      {
        message: `The directory ${directory.id} is left without a token.`,
        nextStep: 'Give it a token with rotate_directory_secret, or remove it in the dashboard.',
        details: { directoryId: directory.id },
      },
    )
  },
})

/** Creates the token, without which nothing can fill a directory, and lets it be used. */
async function open(scalekit: ToolContext['scalekit'], which: WhichDirectory, enabled: boolean) {
  const { environmentId, organizationId, directoryId } = which
  const client = scalekit.directories(environmentId)
  const { plainSecret } = await client.createDirectorySecret({ organizationId, directoryId })
  if (enabled) await client.enableDirectory({ organizationId, id: directoryId })
  const directory = await readDirectory(scalekit, which)
  return { directory: toDirectory(directory), revealed: revealDirectory(directory, plainSecret) }
}
