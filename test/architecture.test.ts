import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Source {
  readonly path: string
  readonly lines: number
  readonly text: string
  readonly imports: readonly string[]
}

const packages = ['api', 'auth', 'local', 'server']
const sources = packages.flatMap((name) => read(join(root, 'packages', name, 'src')))
const product = sources.filter(({ path }) => !path.includes('.test.'))
const handWritten = product.filter(({ path }) => !path.includes('/gen/'))

function read(folder: string): Source[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return read(path)
    if (!/\.tsx?$/.test(entry.name)) return []
    const text = readFileSync(path, 'utf8')
    const imports = [
      ...text.matchAll(
        /(?:^|\n)(?:import|export)\s(?:type\s)?(?:[\w*$]+|\{[^}]*\}|[\w*$]+\s*,\s*\{[^}]*\}|\*\sas\s\w+)\s*from\s*'([^']+)'|(?:^|\n)import\s*'([^']+)'|\bimport\('([^']+)'\)/g,
      ),
    ]
    return [
      {
        path: relative(root, path),
        lines: text.split('\n').length - 1,
        text,
        imports: imports.map((match) => match[1] ?? match[2] ?? match[3] ?? ''),
      },
    ]
  })
}

const inPackage = (name: string) => product.filter(({ path }) => path.startsWith(`packages/${name}/`))
const offenders = (files: readonly Source[], forbidden: (specifier: string, path: string) => boolean) =>
  files.flatMap(({ path, imports }) =>
    imports
      .filter((specifier) => forbidden(specifier, path))
      .map((specifier) => `${path} imports ${specifier}`),
  )
const ours = /^(@scalekit-mcp\/|scalekit-mcp$)/

describe('the direction of imports', () => {
  test('the reader sees imports at all', () => {
    expect(product.length).toBeGreaterThan(60)
    expect(product.filter(({ imports }) => imports.length > 0).length).toBeGreaterThan(product.length / 2)
  })

  test.each(['api', 'auth'])('%s imports no other package of ours', (name) => {
    expect(offenders(inPackage(name), (specifier) => ours.test(specifier))).toEqual([])
  })

  test('local imports api only', () => {
    const forbidden = (specifier: string) => ours.test(specifier) && !/^@scalekit-mcp\/api\b/.test(specifier)
    expect(offenders(inPackage('local'), forbidden)).toEqual([])
  })

  test('local loads the descriptors of the API with the API only: they take ten megabytes', () => {
    const others = inPackage('local').filter(
      ({ path }) => !/^packages\/local\/src\/(api|control)\//.test(path),
    )
    expect(offenders(others, (specifier) => specifier === '@scalekit-mcp/api')).toEqual([])
  })

  test('server imports api and auth; only its commands dev and local import local', () => {
    const allowed = new Set(['@scalekit-mcp/api', '@scalekit-mcp/auth', '@scalekit-mcp/auth/server'])
    const forbidden = (specifier: string, path: string) =>
      ours.test(specifier) &&
      !allowed.has(specifier) &&
      !(specifier === '@scalekit-mcp/local' && /^packages\/server\/src\/cli\/(dev|local)\.ts$/.test(path))
    expect(offenders(inPackage('server'), forbidden)).toEqual([])
  })

  test('no package reaches into the folder of another', () => {
    const outside = (specifier: string, path: string) => {
      const [, name = ''] = /^packages\/([^/]+)\//.exec(path) ?? []
      const target = relative(root, resolve(root, dirname(path), specifier))
      return specifier.startsWith('.') && !target.startsWith(`packages/${name}/`)
    }
    expect(offenders(product, outside)).toEqual([])
  })

  test('a tool imports tool, errors, the shared fields, its neighbours, api and zod', () => {
    const toolFiles = inPackage('server').filter(({ path }) => /\/tools\/[^/]+\/[^/]+\.ts$/.test(path))
    const allowed =
      /^(zod|tldts|@scalekit-mcp\/api|@bufbuild\/protobuf\/wkt|\.\.\/\.\.\/(tool|errors|input-fields|docs-search\/topics)\.js|\.\.?\/[a-z-]+\.js)$/
    expect(toolFiles.length).toBeGreaterThanOrEqual(9)
    expect(offenders(toolFiles, (specifier) => !allowed.test(specifier))).toEqual([])
  })

  describe('in local, rows and rules are below every entrance', () => {
    const foundations = {
      storage: [],
      domain: ['storage'],
      tls: ['storage'],
      http: ['storage', 'domain', 'tls'],
    }
    const entrances = ['agents', 'api', 'oauth', 'portal', 'dashboard', 'scim', 'notify', 'control', 'seed']
    const below = Object.keys(foundations)
    const layers: Readonly<Record<string, readonly string[]>> = {
      ...foundations,
      ...Object.fromEntries(entrances.map((entrance) => [entrance, below])),
    }
    const folder = (path: string) => /^packages\/local\/src\/([^/]+)\//.exec(path)?.[1]

    test('every folder is one of them', () => {
      const folders = new Set(inPackage('local').flatMap(({ path }) => folder(path) ?? []))
      expect([...folders].sort()).toEqual(Object.keys(layers).sort())
    })

    test.each(Object.keys(layers))('%s imports nothing beside it or above it', (name) => {
      const files = inPackage('local').filter(({ path }) => folder(path) === name)
      const allowed = [name, ...(layers[name] ?? [])]
      const forbidden = (specifier: string, path: string) => {
        if (!specifier.startsWith('.')) return false
        const target = join(dirname(path), specifier)
        // It finds the files of the package by their place beside it, in the sources and in the bundle.
        if (target === 'packages/local/src/package-files.js') return false
        return !allowed.includes(folder(target) ?? '')
      }
      expect(files.length).toBeGreaterThan(0)
      expect(offenders(files, forbidden)).toEqual([])
    })

    test.each(['storage', 'domain'])('%s knows no HTTP, protobuf or authorization server', (name) => {
      const files = inPackage('local').filter(({ path }) => folder(path) === name)
      const known = /^(express|hono|oidc-provider|node:http2?|@bufbuild\/|@connectrpc\/|@scalekit)/
      expect(offenders(files, (specifier) => known.test(specifier))).toEqual([])
    })
  })

  test('there are no cycles', () => {
    const files = new Map(product.map((source) => [source.path, source]))
    const targets = (source: Source) =>
      source.imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => join(dirname(source.path), specifier).replace(/\.js$/, ''))
        .map((path) => [`${path}.ts`, `${path}.tsx`].find((candidate) => files.has(candidate)))
        .filter((path) => path !== undefined)
    const done = new Set<string>()
    const cycles: string[] = []
    const visit = (path: string, trail: readonly string[]) => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' > '))
      const source = files.get(path)
      if (done.has(path) || trail.includes(path) || !source) return
      for (const target of targets(source)) visit(target, [...trail, path])
      done.add(path)
    }
    for (const path of files.keys()) visit(path, [])
    expect(cycles).toEqual([])
  })
})

describe('what happens in one place', () => {
  test('one file of the program reads process.env', () => {
    const readers = product.filter(({ text }) => /process\.env\b/.test(text)).map(({ path }) => path)
    expect(readers).toEqual(['packages/server/src/config/config.ts'])
  })

  test('the server adds nothing to a request: what is known of it is an Exchange. The MCP SDK wants `auth`', () => {
    const adds = /declare module 'node:http'|Object\.assign\(req\b|\breq\.\w+ = /
    const files = inPackage('server').filter(({ text }) => adds.test(text))
    expect(files.map(({ path }) => path)).toEqual([
      // A prefix that a proxy stripped comes back into the target.
      'packages/server/src/http/public-path.ts',
      'packages/server/src/http/serve-by-sdk.ts',
    ])
  })

  test('only the commands write to stdout', () => {
    const writers = product
      .filter(({ text }) => /process\.stdout|console\.(log|info)/.test(text))
      .map(({ path }) => path)
    expect(writers.filter((path) => !path.startsWith('packages/server/src/cli/'))).toEqual([])
  })

  test('a tool holds no try/catch and no content of a result', () => {
    const toolFiles = inPackage('server').filter(({ path }) => path.includes('/tools/'))
    expect(
      toolFiles.filter(({ text }) => /\bcatch\b|content:\s*\[/.test(text)).map(({ path }) => path),
    ).toEqual([])
  })
})

describe('the size of files', () => {
  const sizes = handWritten.map(({ lines }) => lines).sort((a, b) => a - b)

  test('the median is under 80 lines, nine in ten are under 200, none is over 300', () => {
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThan(80)
    expect(sizes[Math.floor(sizes.length * 0.9)]).toBeLessThan(200)
    expect(
      handWritten.filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path}: ${lines}`),
    ).toEqual([])
  })
})

describe('names', () => {
  test('files are kebab-case and none is a drawer for everything', () => {
    const wrong = handWritten.filter(({ path }) =>
      path
        .split('/')
        .some(
          (part) =>
            !/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|d))?(\.tsx?)?$/.test(part) ||
            /^(utils?|helpers?|common|manager)\b/.test(part),
        ),
    )
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  test('every tool has a test beside it', () => {
    const paths = new Set(sources.map(({ path }) => path))
    const toolFiles = handWritten.filter(
      ({ text, path }) => path.includes('/tools/') && text.includes('defineTool('),
    )
    expect(
      toolFiles.filter(({ path }) => !paths.has(path.replace(/\.ts$/, '.test.ts'))).map(({ path }) => path),
    ).toEqual([])
  })
})
