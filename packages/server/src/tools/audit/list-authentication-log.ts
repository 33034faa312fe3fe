import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { auditlogs } from '@scalekit-mcp/api'
import * as z from 'zod'
import { ToolError } from '../../errors.js'
import { email, environmentId, nextPageToken, pageSize, pageToken } from '../../input-fields.js'
import { defineTool } from '../../tool.js'
import { time, toTime } from '../times.js'

/** ISO 8601 in UTC (RFC 3339 section 5.6); a day or an hour that does not exist is refused. */
const instant = z
  .string()
  .max(30)
  .refine((value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value) && isDate(value), {
    message: 'A time in UTC, like 2026-01-31T08:00:00Z.',
  })

const entry = z.object({
  id: z.string(),
  at: time,
  email: z.string(),
  status: z.string(),
  workflow: z.string().optional().describe('What kind of sign-in it was.'),
  organizationId: z.string().optional(),
  connectionId: z.string().optional(),
  connectionType: z.string().optional(),
  connectionProvider: z.string().optional(),
  clientId: z.string().optional(),
  clientName: z.string().optional(),
  mcpServerId: z.string().optional().describe('The MCP server that the person signed in for.'),
})

export default defineTool({
  name: 'list_authentication_log',
  title: 'List authentication log',
  description:
    'List attempts to sign in, newest first, by person, outcome and time. Scalekit records how an attempt ended, not why: check the user (list_users) and the connection (get_connection).',
  toolset: 'audit',
  scopes: ['environment:read'],
  effect: 'read',
  input: z.object({
    environmentId,
    email: email.optional().describe('Only of this person.'),
    status: z
      .string()
      .regex(/^[A-Za-z_]{1,40}$/, 'letters and _, 40 at most')
      .optional()
      .describe('Outcome, like success or failure.'),
    from: instant.optional().describe('Not before, like 2026-01-31T08:00:00Z.'),
    to: instant.optional().describe('Not after, in the same form.'),
    pageSize,
    pageToken,
  }),
  output: z.object({
    items: z.array(entry),
    recorded: z
      .number()
      .optional()
      .describe('Where nothing matches: how many attempts are recorded in all. 0: none, of anybody.'),
    nextPageToken,
  }),
  check({ from, to }) {
    if (from && to && new Date(from) > new Date(to)) {
      throw new ToolError('invalid_arguments', 'from: This is after to, so nothing matches.')
    }
  },
  async run({ environmentId, email, status, from, to, pageSize, pageToken }, { scalekit }) {
    const log = scalekit.auditLogs(environmentId)
    const page = await log.listAuthRequests({
      email,
      status: status ? [status] : [],
      ...(from && { startTime: timestampFromDate(new Date(from)) }),
      ...(to && { endTime: timestampFromDate(new Date(to)) }),
      pageSize,
      pageToken,
    })
    const all = page.authRequests.length === 0 ? await log.listAuthRequests({ pageSize: 1 }) : undefined
    return {
      items: page.authRequests.map(toEntry),
      recorded: all && Math.max(all.totalSize, all.authRequests.length),
      nextPageToken: page.nextPageToken || undefined,
    }
  },
})

function isDate(value: string): boolean {
  const date = new Date(value)
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 19) === value.slice(0, 19)
}

function toEntry(request: auditlogs.AuthLogRequest): z.output<typeof entry> {
  return {
    id: request.authRequestId,
    at: toTime(request.timestamp),
    email: request.email,
    status: request.status,
    workflow: request.workflow || undefined,
    organizationId: request.organizationId || undefined,
    connectionId: request.connectionId || undefined,
    connectionType: request.connectionType || undefined,
    connectionProvider: request.connectionProvider || undefined,
    clientId: request.clientId || undefined,
    clientName: request.clientName || undefined,
    mcpServerId: request.resourceId || undefined,
  }
}
