import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { environmentId, organizationClientId, organizationId } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { clientSecretFields, revealMachineCredentials, toClientSecret } from '../client-secret.js'
import { environmentUrl } from '../environment-url.js'
import { readOrganizationClient } from './organization-client.js'

export default defineTool({
  name: 'create_organization_client_secret',
  title: 'Create organization client secret',
  description:
    "Create another secret for a client of an organization's machines, to rotate it or because it was lost. A person gets it; the others stay valid until remove_client_secret.",
  toolset: 'clients',
  scopes: ['organization:write'],
  effect: 'create',
  reveals: { kind: 'secret', message: 'Credentials with the new secret, which is shown this once.' },
  input: z.object({ environmentId, organizationId, clientId: organizationClientId }),
  output: z.object({ clientId: z.string(), tokenUrl: z.string(), secret: clientSecretFields }),
  async target(args, { scalekit }) {
    const { clientId, name, secrets } = await readOrganizationClient(scalekit, args)
    return { id: clientId, name: name || clientId, changes: { 'Secrets before': secrets.length } }
  },
  async run({ environmentId, organizationId, clientId }, context) {
    const tokenUrl = `${await environmentUrl(context, environmentId)}/oauth/token`
    const { secret, plainSecret } = await context.scalekit
      .clients(environmentId)
      .createOrganizationClientSecret({ organizationId, clientId })
    if (!secret) throw new ToolError('internal', 'Scalekit did not return the secret.')
    return {
      clientId,
      tokenUrl,
      secret: toClientSecret(secret),
      revealed: revealMachineCredentials({ tokenUrl, clientId, secret: plainSecret }),
    }
  },
})
