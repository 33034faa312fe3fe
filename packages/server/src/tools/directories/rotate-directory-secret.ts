import * as z from 'zod'
import { directoryId, environmentId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { directoryFields, toDirectory } from './directory.js'
import { revealDirectory } from './directory-credentials.js'
import { readDirectory } from './read-directory.js'

export default defineTool({
  name: 'rotate_directory_secret',
  title: 'Rotate directory secret',
  description:
    'Create a new token for the identity provider that fills a directory. A person gets it with the endpoint. The previous tokens stay valid unless they are removed.',
  toolset: 'directories',
  scopes: ['organization:write'],
  effect: 'update',
  reveals: { kind: 'secret', message: 'Paste both at the identity provider. The token is shown this once.' },
  input: z.object({
    environmentId,
    organizationId,
    directoryId,
    previous: z
      .enum(['keep', 'remove'])
      .default('keep')
      .describe('remove: the identity provider fails until it has the new token.'),
  }),
  output: z.object({ directory: directoryFields }),
  async target(args, { scalekit }) {
    const { id, name, secrets } = await readDirectory(scalekit, args)
    const tokens = secrets.map((secret) => `${secret.id}, ends in ${secret.secretSuffix}`)
    return {
      id,
      name: name || id,
      changes: {
        'New token': 'a person gets it',
        [args.previous === 'keep' ? 'Stay valid' : 'Are removed']: tokens,
      },
    }
  },
  async run({ environmentId, organizationId, directoryId, previous }, { scalekit }) {
    const client = scalekit.directories(environmentId)
    const which = { organizationId, directoryId }
    const before = await readDirectory(scalekit, { environmentId, ...which })
    const { plainSecret } = await (previous === 'keep'
      ? client.createDirectorySecret(which)
      : client.regenerateDirectorySecret(which))
    // From here on nothing may keep the token from the person: a state that cannot be read is the one before.
    const [after] = await Promise.allSettled([readDirectory(scalekit, { environmentId, ...which })])
    const directory = after.status === 'fulfilled' ? after.value : before
    return { directory: toDirectory(directory), revealed: revealDirectory(before, plainSecret) }
  },
})
