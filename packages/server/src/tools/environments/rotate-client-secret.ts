import { clients } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError, toToolError } from '../../errors.js'
import { clientId, environmentId } from '../../input-fields.js'
import { defineTool, type Revealed } from '../../tool.js'
import { clientSecretFields, toClientSecret } from '../client-secret.js'
import { type Failed, itemError } from '../each.js'
import { environmentUrl } from '../environment-url.js'
import { findClient } from '../find-client.js'

const { ACTIVE, INACTIVE } = clients.ClientSecretStatus

export default defineTool({
  name: 'rotate_client_secret',
  title: 'Rotate client secret',
  description:
    "Create a new secret for a client of an environment (by default the environment's own). A person gets it as the lines of a .env file. Keep the previous secrets until every app has the new one, then disable them with update_client_secret.",
  toolset: 'environments',
  scopes: ['environment:write'],
  effect: 'update',
  reveals: { kind: 'secret', message: 'Lines for the .env file of the app. The secret is shown this once.' },
  input: z.object({
    environmentId,
    clientId: clientId.optional().describe("Default: the environment's own client."),
    previous: z
      .enum(['keep', 'disable'])
      .default('keep')
      .describe('disable: what uses them, also this server, fails at once.'),
  }),
  output: z.object({
    environmentUrl: z.string(),
    clientId: z.string(),
    secret: clientSecretFields,
    previous: z.array(clientSecretFields.extend({ error: itemError })),
  }),
  async target({ environmentId, clientId, previous }, { scalekit }) {
    const { id, name, secrets } = await findClient(scalekit, environmentId, clientId)
    const names = secrets.filter(isActive).map((secret) => `${secret.id}, ends in ${secret.secretSuffix}`)
    return {
      id,
      name: name || id,
      changes: {
        'New secret': 'a person gets it',
        [previous === 'keep' ? 'Stay valid' : 'Are disabled']: names,
      },
    }
  },
  async run({ environmentId, clientId, previous }, context) {
    const { scalekit } = context
    const client = await findClient(scalekit, environmentId, clientId)
    const url = await environmentUrl(context, environmentId)
    const api = scalekit.clients(environmentId)
    const { plainSecret, secret } = await api.createClientSecret({ clientId: client.id })
    if (!plainSecret || !secret) throw new ToolError('internal', 'Scalekit did not return the secret.')
    const disable = (before: clients.ClientSecret) =>
      api.updateClientSecret({
        clientId: client.id,
        secretId: before.id,
        secret: { status: INACTIVE },
        mask: { paths: ['status'] },
      })
    // From here on nothing may keep the secret from the person, also not an old one that could not be disabled.
    const earlier = await Promise.all(
      client.secrets.map(async (before) => {
        if (previous === 'keep' || !isActive(before)) return toClientSecret(before)
        return disable(before).then(
          () => ({ ...toClientSecret(before), status: clients.ClientSecretStatus[INACTIVE] ?? 'INACTIVE' }),
          (cause: unknown) => ({ ...toClientSecret(before), error: notDisabled(cause) }),
        )
      }),
    )
    return {
      environmentUrl: url,
      clientId: client.id,
      secret: toClientSecret(secret),
      previous: earlier,
      revealed: [
        { label: '.env', value: environmentFile(url, client.id, plainSecret) },
        ...warningOf(earlier.filter((each) => 'error' in each)),
      ],
    }
  },
})

/** For the agent. */
function notDisabled(cause: unknown): Failed['error'] {
  const { code, message } = toToolError(cause)
  return {
    code,
    message: `${message.replace(/\.$/, '')}. This secret was not disabled: it may still work.`,
    nextStep: 'Do not rotate again, the new secret is valid. Disable this one with update_client_secret.',
  }
}

/** For the person, who may have asked for it after a leak. */
function warningOf(left: readonly { readonly id: string; readonly suffix: string }[]): Revealed[] {
  if (left.length === 0) return []
  const secrets = left.map(({ id, suffix }) => `${id}, ends in ${suffix}`)
  const advice = 'Disable them in the Scalekit dashboard, or ask your agent to do it (update_client_secret).'
  const value = [...secrets, advice].join('\n')
  return [{ label: 'Previous secrets that may still work', value, isNote: true }]
}

const isActive = ({ status }: clients.ClientSecret) => status === ACTIVE

/** The variables that Scalekit's quickstarts and SDKs use. */
function environmentFile(url: string, clientId: string, secret: string): string {
  return [
    `SCALEKIT_ENVIRONMENT_URL=${url}`,
    `SCALEKIT_CLIENT_ID=${clientId}`,
    `SCALEKIT_CLIENT_SECRET=${secret}`,
  ].join('\n')
}
