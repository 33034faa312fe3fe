import type { Response } from 'express'

/** An OAuth error answer (RFC 6749, section 5.2) of our own routes. */
export function refuse(response: Response, status: number, error: string, description: string): void {
  response.status(status).set('Cache-Control', 'no-store').json({ error, error_description: description })
}
