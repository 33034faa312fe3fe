import type { clients } from '@scalekit-mcp/api'
import * as z from 'zod'

/** An environment scope (not a scope of this server), as results give it. */
export const environmentScopeFields = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  enabled: z.boolean(),
})

export function toEnvironmentScope({
  id,
  name,
  description,
  enabled,
}: clients.Scope): z.output<typeof environmentScopeFields> {
  return { id, name, description: description || undefined, enabled }
}
