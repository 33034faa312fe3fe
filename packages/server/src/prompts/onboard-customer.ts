import type { PromptDefinition } from './prompt.js'

export default {
  name: 'onboard_customer',
  title: 'Onboard a customer',
  description:
    'Create an organization for a customer, invite its first administrator, and prepare single sign-on.',
  arguments: [
    { name: 'customer', description: 'Name of the customer.', required: true },
    { name: 'adminEmail', description: "E-mail of the customer's first administrator.", required: true },
    { name: 'environmentId', description: 'Environment, like env_100000000000000001.', required: false },
  ],
  text: (value) => `Onboard a customer in Scalekit.

Customer: ${value('customer')}
First administrator: ${value('adminEmail')}
Environment: ${value('environmentId')} (when empty: list the environments and ask me which one; take no PRD one without asking)

1. Look in list_organizations whether the customer is there already. If so, stop and tell me.
2. create_organization with its name.
3. create_organization_user for the administrator. The first user of an organization gets the role of its creators.
4. Ask me whether the customer brings its own identity provider. If so, generate_admin_portal_link, so that the customer sets it up itself.
5. Tell me what was created, with the ids.`,
} satisfies PromptDefinition
