import { z } from 'zod'
import type { Clock } from '../../storage/clock.js'
import type { Database } from '../../storage/database.js'
import { newId } from '../../storage/ids.js'

/** What an attempt to sign in has beside its columns. */
export const AuthRequestData = z.object({
  client_name: z.string().default(''),
  resource_name: z.string().default(''),
  organization_id: z.string().default(''),
  connection_id: z.string().default(''),
  connection_type: z.string().default(''),
  connection_provider: z.string().default(''),
  workflow: z.string().default(''),
})

/** An attempt to sign in. `client` and `resource`: what asked for it, and for which MCP server. */
export interface AuthAttempt {
  readonly environment: string
  readonly email: string
  readonly status: 'success' | 'failure'
  readonly client?: { readonly id: string; readonly name: string } | undefined
  readonly resource?: { readonly id: string; readonly name: string } | undefined
  readonly details?: z.input<typeof AuthRequestData>
}

/** Notes an attempt to sign in, for the authentication log of the environment. */
export async function recordAuthRequest(
  { db }: Pick<Database, 'db'>,
  clock: Clock,
  { environment, email, status, client, resource, details }: AuthAttempt,
): Promise<void> {
  const now = clock.now()
  const data = AuthRequestData.parse({
    ...details,
    client_name: client?.name,
    resource_name: resource?.name,
  })
  await db
    .insertInto('auth_requests')
    .values({
      id: newId('areq'),
      environment_id: environment,
      email: email.toLowerCase(),
      status,
      client_id: client?.id ?? null,
      resource_id: resource?.id ?? null,
      data: JSON.stringify(data),
      created_at: now,
      updated_at: now,
    })
    .execute()
}
