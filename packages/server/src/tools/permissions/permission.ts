import type { roles } from '@scalekit-mcp/api'
import * as z from 'zod'
import { text } from '../../input-fields.js'

/** A permission of an environment, as results give it. */
export const permissionFields = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  isBuiltIn: z.boolean().describe("Scalekit's own: it cannot be changed."),
})

/** The rule of the API for names of permissions. */
export const permissionName = z
  .string()
  .regex(/^[a-zA-Z0-9_:]{1,64}$/, 'letters, digits, _ and :, 64 at most')
  .describe('Like projects:read.')

export const permissionDescription = text(2000).describe('What it allows.')

export function toPermission(permission: roles.Permission): z.output<typeof permissionFields> {
  return {
    id: permission.id,
    name: permission.name,
    description: permission.description || undefined,
    isBuiltIn: permission.isScalekitPermission,
  }
}
