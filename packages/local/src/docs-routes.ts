import { readFile } from 'node:fs/promises'
import { Router } from 'express'
import { DOCUMENTS } from './package-files.js'

/**
 * The documentation of the local environment, in the form of Scalekit's own: an index at `llms.txt`, and a
 * document per topic.
 */
export function docsRoutes(): Router {
  const router = Router()
  router.get('/llms.txt', async (_request, response) => {
    response.type('text/plain').send(await readFile(new URL('llms.txt', DOCUMENTS), 'utf8'))
  })
  router.get('/_llms-txt/:name.txt', async (request, response, next) => {
    const { name } = request.params
    if (!/^[a-z0-9-]{1,60}$/.test(name)) return next()
    const text = await readFile(new URL(`${name}.md`, DOCUMENTS), 'utf8').catch(() => undefined)
    if (text === undefined) return next()
    response.type('text/plain').send(text)
  })
  return router
}
