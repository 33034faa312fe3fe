import type { PromptDefinition } from './prompt.js'

export default {
  name: 'find_sign_in_problem',
  title: 'Find out why a user cannot sign in',
  description:
    'Look at the user, the organization, the connection and the log of sign-ins, and name the cause.',
  arguments: [
    { name: 'email', description: 'E-mail of the user who cannot sign in.', required: true },
    { name: 'organization', description: 'Name or id of the organization, if known.', required: false },
    { name: 'environmentId', description: 'Environment, like env_100000000000000001.', required: false },
  ],
  text: (value) => `Find out why a user cannot sign in. Change nothing without asking me.

User: ${value('email')}
Organization: ${value('organization')}
Environment: ${value('environmentId')} (when empty: list the environments and ask me which one)

1. Find the organization (list_organizations) and the user in it (list_organization_users). Is the invitation pending or expired? Is the user inactive?
2. Look at list_organization_connections: is there a connection for the user's domain, is it complete, is it enabled?
3. If the toolset audit is there, look at the user's last sign-ins and their errors.
4. Name the cause, with what you saw, and the one change that would mend it.`,
} satisfies PromptDefinition
