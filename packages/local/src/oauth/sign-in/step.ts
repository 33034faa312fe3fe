import type { Request, Response } from 'express'
import type { Interaction } from './interaction.js'

/** One request of a browser that is in the middle of a sign-in. */
export interface Step {
  request: Request
  response: Response
  interaction: Interaction
}
