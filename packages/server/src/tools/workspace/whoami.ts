import * as z from 'zod'
import { defineTool } from '../../tool.js'

export default defineTool({
  name: 'whoami',
  title: 'Who am I',
  description:
    'Tell who is signed in, through which client, with which scopes, and until when. Use it first, or when a call was refused.',
  toolset: 'workspace',
  scopes: [],
  effect: 'read',
  input: z.object({}),
  output: z.object({
    subject: z.string().describe('User id, or the client id of a machine.'),
    clientId: z.string(),
    issuer: z.string(),
    scopes: z.array(z.string()),
    organizationId: z.string().optional(),
    expiresAt: z.string().describe('ISO 8601, UTC.'),
  }),
  async run(_, { caller: { subject, clientId, issuer, scopes, organizationId, expiresAt } }) {
    return {
      subject,
      clientId,
      issuer,
      scopes: [...scopes].sort(),
      ...(organizationId ? { organizationId } : {}),
      expiresAt: new Date(expiresAt * 1000).toISOString(),
    }
  },
})
