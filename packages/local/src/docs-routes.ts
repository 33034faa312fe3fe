import { readdir, readFile } from 'node:fs/promises'
import { Router } from 'express'
import { DOCUMENTS } from './package-files.js'

const NAME = /^[a-z0-9-]{1,60}$/

/**
 * The documentation of the local environment, in the form of Scalekit's own: an index at `llms.txt`, a set of pages per topic at
 * `_llms-txt/SET.txt`, and each page alone at `SET/PAGE.md`.
 *
 * @param baseUrl `http://localhost:PORT`, for the address of each page in a set
 */
export function docsRoutes(baseUrl: string): Router {
  const router = Router()
  router.get('/llms.txt', async (_request, response) => {
    response.type('text/plain').send(await readFile(new URL('llms.txt', DOCUMENTS), 'utf8'))
  })
  router.get('/_llms-txt/:set.txt', async (request, response, next) => {
    const { set } = request.params
    const pages = NAME.test(set) ? await pagesOf(set) : []
    if (pages.length === 0) return next()
    const texts = pages.map(async (page) =>
      withSource(await readPage(set, page), `${baseUrl}/docs/${set}/${page}`),
    )
    response.type('text/plain').send((await Promise.all(texts)).join('\n'))
  })
  router.get('/:set/:page.md', async (request, response, next) => {
    const { set, page } = request.params
    if (!NAME.test(set) || !(await pagesOf(set)).includes(`${page}.md`)) return next()
    response.type('text/markdown').send(await readPage(set, `${page}.md`))
  })
  return router
}

/** File names, in the order of the alphabet; none for a set that does not exist. */
async function pagesOf(set: string): Promise<string[]> {
  const files = await readdir(new URL(`${set}/`, DOCUMENTS)).catch(() => [])
  return files.filter((file) => file.endsWith('.md')).sort()
}

function readPage(set: string, page: string): Promise<string> {
  return readFile(new URL(`${set}/${page}`, DOCUMENTS), 'utf8')
}

/** Adds the page's own address below its title, where a reader of the set finds it. */
function withSource(markdown: string, url: string): string {
  return markdown.replace('\n', `\n\nSource: ${url}\n`)
}
