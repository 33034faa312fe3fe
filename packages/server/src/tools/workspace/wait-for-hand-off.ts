import * as z from 'zod'
import { defineTool } from '../../tool.js'

export default defineTool({
  name: 'wait_for_hand_off',
  title: 'Wait for a person',
  description:
    'After person_needed: wait up to 25 seconds for the user to finish on the page, and get the result of the call. Call again while the status is waiting.',
  toolset: 'workspace',
  scopes: [],
  effect: 'read',
  waitsForPerson: true,
  input: z.object({
    handOffId: z
      .string()
      .regex(/^[\w-]{43}$/, 'the id of a hand-off, as person_needed gives it')
      .describe('handOff.id of the error person_needed.'),
  }),
  output: z.object({
    status: z.enum(['waiting', 'running', 'done', 'failed', 'declined']),
    tool: z.string(),
    result: z.record(z.string(), z.unknown()).optional().describe('What the call answered.'),
    error: z.object({ code: z.string(), message: z.string(), nextStep: z.string() }).optional(),
  }),
  async run({ handOffId }, { waitForHandOff }) {
    const { tool, progress } = await waitForHandOff(handOffId)
    const { status } = progress
    if (status === 'done') return { status, tool, result: { ...progress.output } }
    if (status === 'failed') return { status, tool, error: progress.error }
    return { status, tool }
  },
})
