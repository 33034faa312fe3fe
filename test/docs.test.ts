import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = ['.', 'docs', 'packages', 'examples'].flatMap((folder) =>
  pagesIn(join(root, folder), folder !== '.'),
)

function pagesIn(folder: string, deep: boolean): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return deep && entry.name !== 'node_modules' ? pagesIn(path, deep) : []
    return entry.name.endsWith('.md') ? [path] : []
  })
}

/** Where links and pictures of a page lead, as far as that is inside the project. */
function targetsOf(page: string): string[] {
  const text = readFileSync(page, 'utf8').replace(/```.*?```/gs, '')
  const links = [...text.matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
  return links
    .filter((link) => !/^[a-z]+:|^#/.test(link))
    .map((link) => join(dirname(page), link.replace(/#.*/, '')))
}

test('every link and picture of the documentation leads somewhere', () => {
  expect(pages.length).toBeGreaterThan(12)
  const links = pages.flatMap((page) => targetsOf(page).map((target) => ({ page, target })))
  expect(links.length).toBeGreaterThan(40)
  const broken = links
    .filter(({ target }) => !existsSync(target))
    .map(({ page, target }) => `${relative(root, page)}: ${relative(root, target)}`)
  expect(broken).toEqual([])
})

test('every page that installs our packages says that they are not published yet', () => {
  // It shows an answer of a tool, as it is.
  const others = pages.filter((page) => !page.endsWith('docs/walkthrough.md'))
  const installing = others.filter((page) =>
    /npm install [^\n`]*scalekit-mcp/.test(readFileSync(page, 'utf8')),
  )
  expect(installing.length).toBeGreaterThan(4)
  const silent = installing.filter((page) => !/not published yet/.test(readFileSync(page, 'utf8')))
  expect(silent.map((page) => relative(root, page))).toEqual([])
})

test('every script of the project is listed for those who work on it, and each that a page names is there', () => {
  const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts)
  const listed = ['README.md', 'CONTRIBUTING.md'].map((page) => readFileSync(join(root, page), 'utf8')).join()
  const unlisted = scripts.filter(
    (script) => !new RegExp(`(npm( run)? |\`)${script}(?![\\w:-])`).test(listed),
  )
  // npm runs it by itself.
  expect(unlisted).toEqual(['prepare'])
  const named = [...listed.matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, script = '']) => script)
  expect(named.filter((script) => !scripts.includes(script))).toEqual([])
})

test('every recipe for contributors names files that exist', () => {
  const [, ...recipes] = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').split(/^## Add /m)
  expect(recipes.length).toBe(7)
  for (const recipe of recipes) {
    const [section = ''] = recipe.split(/^## /m)
    const [title = ''] = section.split('\n')
    const paths = [...section.matchAll(/`((?:packages|scripts|test|docs)\/[\w./-]+)(?=[`<])/g)].map(
      ([, path = '']) => path,
    )
    expect(paths.length, title).toBeGreaterThanOrEqual(2)
    expect(
      paths.filter((path) => !existsSync(join(root, path))),
      title,
    ).toEqual([])
  }
})

test('the tests that the threat model lists exist', () => {
  const [, section = ''] = readFileSync(join(root, 'docs/threat-model.md'), 'utf8').split(
    '## Pages of hand-offs',
  )
  const files = [...section.matchAll(/`([\w/.-]+\.test\.ts)`/g)].map(([, file = '']) => file)
  expect(files.length).toBeGreaterThan(15)
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
  const { cases } = JSON.parse(readFileSync(join(root, 'test/hostile/corpus/pages.json'), 'utf8'))
  const groups = new Set(cases.map(({ group }: { group: string }) => group))
  const named = [...section.matchAll(/hostile pages ((?:`[\w-]+`(?:, )?)+)/g)].flatMap(([, list = '']) => [
    ...list.matchAll(/`([\w-]+)`/g),
  ])
  expect(named.length).toBeGreaterThan(10)
  expect(named.map(([, group]) => group).filter((group) => !groups.has(group))).toEqual([])
})
