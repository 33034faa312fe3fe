import type { Request, Response } from 'express'
import { csrfToken, hasCsrfToken } from '../http/page/csrf.js'

/** The token in the forms of the dashboard. It is one for all pages, and is not spent: several tabs can be open. */
export const formToken = (request: Request, response: Response): string =>
  csrfToken(request, response, '/dashboard')

/** Whether a form was submitted on a page of the dashboard. */
export const isOurForm = (request: Request): boolean => hasCsrfToken(request, request.body?.csrf)
