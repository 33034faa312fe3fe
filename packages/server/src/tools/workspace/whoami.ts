import * as z from 'zod'
import { defineTool, type ToolContext } from '../../tool.js'
import { type Person, readPerson } from './person.js'
import { askAdministrators, READING_ROLE, readAdministrators } from './workspace-administrators.js'

export default defineTool({
  name: 'whoami',
  title: 'Who am I',
  description:
    'Tell who is signed in, with which role, scopes, environments and toolsets, and how to get more. Use it first, or when a call was refused.',
  toolset: 'workspace',
  scopes: [],
  effect: 'read',
  input: z.object({}),
  output: z.object({
    subject: z.string().describe('User id, or the client id of a machine.'),
    email: z.string().optional(),
    name: z.string().optional(),
    roles: z.array(z.string()).optional(),
    isAdministrator: z.boolean().optional().describe('Absent where it could not be read.'),
    administratorRule: z.string().describe('What decides about that.'),
    clientId: z.string(),
    issuer: z.string(),
    scopes: z.array(z.string()),
    organizationId: z.string().optional(),
    expiresAt: z.string().describe('ISO 8601, UTC.'),
    mode: z.string().describe('workspace, or environment: the server manages one.'),
    readOnly: z.boolean(),
    environments: z
      .array(
        z.object({
          id: z.string(),
          name: z.string().optional(),
          type: z.string(),
          typeAssumed: z.string().optional().describe('Why nobody knows the type: then it is PRD.'),
        }),
      )
      .optional()
      .describe('Needs the scope environment:read.'),
    toolsets: z.array(z.string()),
    toolsetsLeftOut: z.array(z.string()),
    urlWithAllToolsets: z.string().optional().describe('For the person, to connect again.'),
    howToGetMore: z
      .array(z.string())
      .optional()
      .describe(
        'How to get scopes or a role that are missing, and how to write on a connection that only reads.',
      ),
  }),
  async run(_, context) {
    const { subject, clientId, issuer, scopes, organizationId, expiresAt } = context.caller
    const { mode, readOnly, toolsets, toolsetsLeftOut, urlWithAll, howToGetMore, administratorRule } =
      context.connection()
    // What cannot be read is left out: this tool explains why another call failed.
    const [read, listed] = await Promise.allSettled([readPerson(context), reachable(context)])
    const person = read.status === 'fulfilled' ? read.value : undefined
    const environments = listed.status === 'fulfilled' ? listed.value : undefined
    const more = howToGetMore(mode === 'workspace' ? await howToGetRole(person, context) : undefined)
    return {
      subject,
      ...person,
      isAdministrator: mode === 'environment' || person?.roles.includes('ADMIN'),
      administratorRule: administratorRule ?? 'the workspace role ADMIN',
      clientId,
      issuer,
      scopes: [...scopes].sort(),
      organizationId: organizationId || undefined,
      expiresAt: new Date(expiresAt * 1000).toISOString(),
      mode,
      readOnly,
      environments,
      toolsets: [...toolsets],
      toolsetsLeftOut: [...toolsetsLeftOut],
      urlWithAllToolsets: toolsetsLeftOut.length > 0 ? urlWithAll : undefined,
      howToGetMore: more.length > 0 ? [...more] : undefined,
    }
  },
})

/** For a member whose workspace role does not write. */
async function howToGetRole(person: Person | undefined, context: ToolContext): Promise<string | undefined> {
  if (!person?.roles.includes(READING_ROLE)) return undefined
  const [read] = await Promise.allSettled([readAdministrators(context)])
  const administrators = read.status === 'fulfilled' ? read.value : []
  return `needs the workspace role ADMIN; the role of this caller is ${READING_ROLE}. ${askAdministrators(administrators)}`
}

type Environment = Omit<Awaited<ReturnType<ToolContext['scalekit']['environment']>>, 'name'> & {
  readonly name: string | undefined
}

/** The environments that this connection reaches. Undefined for who may not read them. */
async function reachable({ scalekit, caller, connection }: ToolContext): Promise<Environment[] | undefined> {
  if (!caller.scopes.has('environment:read')) return undefined
  const { environmentId } = connection()
  const known = await scalekit.knownEnvironments()
  return known
    .filter(({ id }) => environmentId === undefined || id === environmentId)
    .map(({ id, name, type, typeAssumed }) => ({ id, name: name || undefined, type, typeAssumed }))
}
