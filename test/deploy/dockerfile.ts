import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What an image would hold and run. */
export interface Image {
  /** The folder that stands for `/`. */
  readonly folder: string
  readonly workdir: string
  readonly env: Record<string, string>
  readonly user: string
  readonly command: readonly string[]
  readonly healthCheck: readonly string[]
}

interface Stage {
  readonly folder: string
  workdir: string
  env: Record<string, string>
  user: string
  command: string[]
  healthCheck: string[]
}

/**
 * Builds a Dockerfile without a container engine: every stage is a folder, COPY copies, RUN runs there. The base
 * image is this machine's own Node. An instruction that is not known here is an error.
 *
 * @param context Where COPY finds files. Default: the root of the repository.
 */
export function buildImage(into: string, file = join(root, 'deploy/Dockerfile'), context = root): Image {
  const stages: Stage[] = []
  const names = new Map<string, Stage>()
  const stage = () => stages.at(-1) ?? missing('FROM')
  for (const line of instructions(readFileSync(file, 'utf8'))) {
    const [, instruction = '', rest = ''] = /^([A-Z]+)\s+(.*)$/s.exec(line) ?? []
    const inFolder = (path: string) => join(stage().folder, posix.resolve(stage().workdir, path))
    if (instruction === 'FROM') {
      const folder = join(into, String(stages.length))
      const made: Stage = { folder, workdir: '/', env: {}, user: 'root', command: [], healthCheck: [] }
      stages.push(made)
      const name = / AS (\S+)$/.exec(rest)?.[1]
      if (name) names.set(name, made)
    } else if (instruction === 'WORKDIR') {
      stage().workdir = rest
      mkdirSync(inFolder('.'), { recursive: true })
    } else if (instruction === 'ENV') {
      const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(rest) ?? []
      stage().env[name] = value
    } else if (instruction === 'USER') stage().user = rest
    else if (instruction === 'CMD') stage().command = JSON.parse(rest) as string[]
    else if (instruction === 'HEALTHCHECK') {
      stage().healthCheck = JSON.parse(rest.slice(rest.indexOf('['))) as string[]
    } else if (instruction === 'COPY') {
      const from = /^--from=(\S+) /.exec(rest)?.[1]
      const [target = '', ...sources] = rest
        .replace(/^--from=\S+ /, '')
        .split(' ')
        .reverse()
      const source = from === undefined ? context : (names.get(from) ?? missing(from)).folder
      const ignored = from === undefined ? ignoredPaths(context) : []
      for (const path of sources) copy(source, path, inFolder(target), target, ignored)
    } else if (instruction === 'RUN') {
      execFileSync('sh', ['-ec', rest], {
        cwd: inFolder('.'),
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...stage().env },
        stdio: ['ignore', 'ignore', 'inherit'],
      })
    } else if (instruction !== 'EXPOSE') throw new Error(`not understood: ${line}`)
  }
  return stage()
}

function instructions(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/** Folders are copied by their content, files under their own name or the one given. What is ignored stays outside. */
function copy(base: string, path: string, target: string, given: string, ignored: readonly RegExp[]): void {
  const source = join(base, path)
  const isFolder = statSync(source).isDirectory()
  const end = !isFolder && (given.endsWith('/') || given === '.') ? join(target, basename(path)) : target
  cpSync(source, end, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (each) => !ignored.some((pattern) => pattern.test(relative(base, each))),
  })
}

/** Patterns of .dockerignore: `*` within a name, `**` over folders, anchored at the context. */
function ignoredPaths(context: string): RegExp[] {
  return instructions(readFileSync(join(context, '.dockerignore'), 'utf8')).map((pattern) => {
    const text = pattern
      .replaceAll('.', '\\.')
      .replace(/^\*\*\//, '(.*/)?')
      .replace(/(?<!\.)\*/g, '[^/]*')
    return new RegExp(`^${text}(/|$)`)
  })
}

function missing(what: string): never {
  throw new Error(`no ${what}`)
}
