import * as z from 'zod'

const Environment = z.object({
  MCP_URL: z.url(),
  SCALEKIT_ENVIRONMENT_URL: z.url(),
  SCALEKIT_MCP_SERVER_ID: z.string().startsWith('res_'),
  REQUESTS_PER_MINUTE: z.coerce.number().int().positive().default(600),
})

/**
 * @typedef {object} Settings
 * @property {string} resource
 * @property {{ environmentUrl: string, resourceId: string }} scalekit
 * @property {import('@scalekit-mcp/auth').RateLimitOptions} [limits]
 * @property {(line: unknown) => void} log
 */

/**
 * Reads the settings; a missing or wrong variable is named in the error.
 *
 * @param {Record<string, string | undefined>} env
 * @returns {Settings}
 */
export function readSettings(env) {
  const parsed = Environment.safeParse(env)
  if (!parsed.success) throw new Error(`Set the variables of .env.example:\n${z.prettifyError(parsed.error)}`)
  return {
    resource: parsed.data.MCP_URL,
    scalekit: {
      environmentUrl: parsed.data.SCALEKIT_ENVIRONMENT_URL,
      resourceId: parsed.data.SCALEKIT_MCP_SERVER_ID,
    },
    limits: { perMinute: parsed.data.REQUESTS_PER_MINUTE },
    log: (line) => process.stdout.write(`${JSON.stringify(line)}\n`),
  }
}
