import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clients } from '../packages/server/src/cli/init/clients.js'
import { runToEnd } from './harness/program.js'
import { configurations } from './init/configurations.js'

const entry = fileURLToPath(new URL('../packages/server/bin/scalekit-mcp.js', import.meta.url))

let home: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'scalekit-init-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

const init = (...args: string[]) => runToEnd(['init', ...args], { HOME: home })
const read = (file: string) => readFile(join(home, file), 'utf8')
async function put(file: string, text: string) {
  await mkdir(dirname(join(home, file)), { recursive: true })
  await writeFile(join(home, file), text)
}

describe('scalekit-mcp init', () => {
  test.each(configurations)(
    '$client: puts one entry in and takes it out again, byte by byte',
    async (each) => {
      await put(each.file, each.text)
      await chmod(join(home, each.file), 0o640)

      const applied = await init('--yes')
      expect(applied).toMatchObject({ code: 0, stderr: '' })
      const text = await read(each.file)
      expect(text).toContain(each.added)
      for (const line of each.text.split(/\r?\n/)) {
        for (const word of line.split(/[\s,{}]+/)) expect(text).toContain(word)
      }
      expect((await stat(join(home, each.file))).mode & 0o777).toBe(0o640)
      expect(await read(`${each.file}.before-scalekit`)).toBe(each.text)

      const again = await init('--yes')
      expect(again.stdout).toContain('Everything is as it should be.')
      expect(await read(each.file)).toBe(text)

      expect((await init('--yes', '--url', 'https://mcp.acme.com/mcp')).code).toBe(0)
      expect(await read(each.file)).toBe(
        text.replace('http://localhost:3002/mcp', 'https://mcp.acme.com/mcp'),
      )

      expect((await init('--remove', '--yes')).code).toBe(0)
      expect(await read(each.file)).toBe(each.text)
      expect(
        (await readdir(dirname(join(home, each.file)))).filter((name) => /scalekit|tmp$/.test(name)),
      ).toEqual([])
    },
  )

  test('takes its entry out of files that were edited since, and nothing else', async () => {
    const edited = (file: string, text: string) => {
      if (file.endsWith('.toml')) return `sandbox_mode = "read-only"\n${text}`
      return file.endsWith('.yaml')
        ? `added_later: true\n${text}`
        : text.replace('{', '{ "added-later": [true],')
    }
    for (const each of configurations) await put(each.file, each.text)
    await init('--yes')
    for (const { file } of configurations) await put(file, edited(file, await read(file)))
    expect((await init('--remove', '--yes')).code).toBe(0)
    const words = (text: string) =>
      text.split(/[\s,{}]+/).filter((word) => word !== '' && word !== '"mcpServers":')
    for (const { client, file, text } of configurations) {
      const left = await read(file)
      expect(left).not.toContain('scalekit')
      expect([client, words(left)]).toEqual([client, words(edited(file, text))])
    }
  })

  test('makes the files where there are none, and takes them away again', async () => {
    const names = configurations.map(({ client }) => client)
    const { stdout } = await init('--yes', '--json', '--client', ...names)
    const outcome = (JSON.parse(stdout) as { clients: { client: string; file: string }[] }).clients
    expect(outcome.map(({ client }) => client)).toEqual(names)
    for (const each of outcome) {
      expect(each).toMatchObject({ change: 'create', written: true })
      expect(await readFile(each.file, 'utf8')).toContain('http://localhost:3002/mcp')
      expect((await stat(each.file)).mode & 0o777).toBe(0o600)
    }
    await init('--remove', '--yes', '--client', ...names)
    for (const { file } of outcome) await expect(stat(file)).rejects.toThrow('ENOENT')
  })

  test.each(configurations)(
    '$client: refuses a broken file with its line, and writes to no client',
    async (each) => {
      for (const other of configurations) await put(other.file, other.text)
      const broken = /\.(toml|yaml)$/.test(each.file) ? `${each.text}\n[half\n` : each.text.slice(0, -4)
      await put(each.file, broken)
      const { code, stderr } = await init('--yes')
      expect(code).toBe(78)
      expect(stderr).toContain(join(home, each.file))
      expect(stderr).toMatch(/line \d+ is not (JSON|TOML|YAML)/)
      expect(stderr).not.toContain('    at ')
      for (const other of configurations) {
        expect(await read(other.file)).toBe(other.client === each.client ? broken : other.text)
      }
    },
  )

  test('finds every client, shows each change, and writes nothing with --dry-run', async () => {
    for (const each of configurations) await put(each.file, each.text)
    const { code, stdout } = await init('--dry-run')
    expect(code).toBe(0)
    for (const { title } of clients) expect(stdout).toContain(`${title}  ${home}`)
    expect(stdout).toMatch(/^ +7 \+ \[mcp_servers.scalekit\]|^ +\d+ \+ .*"scalekit"/m)
    expect(stdout).toContain('Nothing was written.')
    for (const each of configurations) expect(await read(each.file)).toBe(each.text)
  })

  test('writes nothing where there is nobody to ask', async () => {
    await put('.cursor/mcp.json', '{}')
    const { code, stdout, stderr } = await init()
    expect(code).toBe(78)
    expect(stdout).toContain('"scalekit"')
    expect(stderr).toContain('--yes')
    expect(await read('.cursor/mcp.json')).toBe('{}')
  })

  test('keeps what a person had under our name, and brings it back', async () => {
    const own =
      '{\n  "mcpServers": {\n    "scalekit": { "url": "http://old.example.com", "headers": {"x": "1"} }\n  }\n}\n'
    await put('.cursor/mcp.json', own)
    await init('--yes')
    expect(await read('.cursor/mcp.json')).not.toContain('old.example.com')
    expect(await read('.cursor/mcp.json.before-scalekit')).toBe(own)
    await init('--remove', '--yes')
    expect(await read('.cursor/mcp.json')).toBe(own)
  })

  test('writes through a symbolic link, which stays one', async () => {
    await put('dotfiles/mcp.json', '{}\n')
    await mkdir(join(home, '.cursor'))
    await symlink(join(home, 'dotfiles/mcp.json'), join(home, '.cursor/mcp.json'))
    await init('--yes')
    expect(await read('dotfiles/mcp.json')).toContain('scalekit')
    expect(await readlink(join(home, '.cursor/mcp.json'))).toBe(join(home, 'dotfiles/mcp.json'))
  })

  describe('before it writes anything', () => {
    /** One client that is fine, and one whose file is not. */
    const refused = async (file = '.gemini/settings.json') => {
      await put('.cursor/mcp.json', '{}\n')
      const { code, stderr } = await init('--yes')
      expect(code).toBe(78)
      expect(stderr).toContain(join(home, file))
      expect(stderr).toMatch(/^[^\n]+ was not changed: [^\n]+\n$/)
      expect(await read('.cursor/mcp.json')).toBe('{}\n')
      expect(await readdir(join(home, '.cursor'))).toEqual(['mcp.json'])
      return stderr
    }

    test('refuses a folder in place of a file', async () => {
      await mkdir(join(home, '.gemini/settings.json'), { recursive: true })
      expect(await refused()).toContain('is a folder')
    })

    test('refuses a file in place of a folder', async () => {
      await put('.gemini', '')
      expect(await refused()).toContain('is a file where its folder would be')
    })

    test('refuses a file that is read-only, also as a user who may write everything', async () => {
      await put('.gemini/settings.json', '{}')
      await chmod(join(home, '.gemini/settings.json'), 0o444)
      expect(await refused()).toContain('is read-only')
    })

    test('refuses links that lead in a circle', async () => {
      await mkdir(join(home, '.gemini'))
      await symlink('settings.json', join(home, '.gemini/settings.json'))
      expect(await refused()).toContain('ELOOP')
    })

    test('refuses a link in place of a folder that leads nowhere', async () => {
      await symlink(join(home, 'missing'), join(home, '.gemini'))
      await put('.cursor/mcp.json', '{}\n')
      const { code, stdout, stderr } = await init('--yes', '--client', 'cursor', 'gemini-cli')
      expect([code, stdout]).toEqual([78, ''])
      expect(stderr).toContain(`${join(home, '.gemini')} is a link to a folder that does not exist`)
      expect(await read('.cursor/mcp.json')).toBe('{}\n')
    })

    test('refuses a folder where the copy would go', async () => {
      await put('.gemini/settings.json', '{}')
      await mkdir(join(home, '.gemini/settings.json.before-scalekit'))
      expect(await refused()).toContain('settings.json.before-scalekit')
    })

    test('refuses bytes that are not UTF-8, which stay as they are', async () => {
      await mkdir(join(home, '.gemini'))
      const latin1 = Buffer.from('{"name": "caf\u00e9"}', 'latin1')
      await writeFile(join(home, '.gemini/settings.json'), latin1)
      expect(await refused()).toContain('not text in UTF-8')
      expect(latin1.equals(await readFile(join(home, '.gemini/settings.json')))).toBe(true)
    })

    test('refuses a file that is nested too deeply', async () => {
      await put('.gemini/settings.json', `${'{"a":'.repeat(20_000)}{}${'}'.repeat(20_000)}`)
      expect(await refused()).toContain('nested too deeply')
    })

    test('refuses one file for two clients that need different entries in it', async () => {
      await put('.codeium/windsurf/mcp_config.json', '{}\n')
      await mkdir(join(home, '.cursor'))
      await symlink('../.codeium/windsurf/mcp_config.json', join(home, '.cursor/mcp.json'))
      const { code, stderr } = await init('--yes')
      expect([code, stderr]).toEqual([78, expect.stringMatching(/Cursor and Windsurf have one file/)])
      expect(await read('.cursor/mcp.json')).toBe('{}\n')
      expect((await init('--yes', '--client', 'cursor')).code).toBe(0)
    })
  })

  test.each([
    '{\n  "mcpServers": {\n    "a": { "url": "https://a" } // one, two\n  }\n}\n',
    '{\n  "mcpServers": {\n    "a": { "url": "https://a" } /* one, two */ // three, four\n  }\n}\n',
    `{\n  "mcpServers": {\n    "a": { "url": "https://a" }\n    ${'/'.repeat(80)}\n  }\n}\n`,
    '{\n  "mcpServers": {\n    "a": { "url": "https://a" }, // one, two\n  },\n}\n',
  ])('puts an entry next to comments with commas and slashes: %j', async (text) => {
    await put('.cursor/mcp.json', text)
    expect(await init('--yes')).toMatchObject({ code: 0, stderr: '' })
    const changed = await read('.cursor/mcp.json')
    expect(changed).toContain('"scalekit"')
    await put('.cursor/mcp.json', changed.replace('{', '{ "later": 1,'))
    expect((await init('--remove', '--yes')).code).toBe(0)
    const left = await read('.cursor/mcp.json')
    expect(left).not.toContain('scalekit')
    const comments = text.match(/\/[/*].*/g)
    expect(left.match(/\/[/*].*/g)).toEqual(comments)
  })

  test.each([
    ['"mcpServers"', '{"mcpServers": {"a": {}}, "mcpServers": {"b": {}}}'],
    ['"scalekit"', '{"mcpServers": {"scalekit": {"url": "http://a"}, "scalekit": {"url": "http://b"}}}'],
  ])('refuses %s twice, also to take it out', async (key, text) => {
    await put('.cursor/mcp.json', text)
    for (const args of [['--yes'], ['--remove', '--yes']]) {
      const { code, stderr } = await init(...args)
      expect([code, stderr]).toEqual([
        78,
        expect.stringContaining(`it has ${key} twice in one object: keep one`),
      ])
      expect(await read('.cursor/mcp.json')).toBe(text)
    }
  })

  test('keeps a copy of every byte, also of a byte order mark', async () => {
    const bytes = Buffer.from('\uFEFF{"name": "caf\u00e9 \u2615"}\r\n')
    await mkdir(join(home, '.cursor'))
    await writeFile(join(home, '.cursor/mcp.json'), bytes)
    await init('--yes')
    expect(bytes.equals(await readFile(join(home, '.cursor/mcp.json.before-scalekit')))).toBe(true)
    await init('--remove', '--yes')
    expect(bytes.equals(await readFile(join(home, '.cursor/mcp.json')))).toBe(true)
  })

  test('makes the file that a link leads to, and the link stays', async () => {
    await mkdir(join(home, '.cursor'))
    await symlink('../dotfiles/cursor/mcp.json', join(home, '.cursor/mcp.json'))
    expect((await init('--yes')).code).toBe(0)
    expect(await readlink(join(home, '.cursor/mcp.json'))).toBe('../dotfiles/cursor/mcp.json')
    expect(await read('dotfiles/cursor/mcp.json')).toContain('scalekit')
  })

  test('replaces a whole entry of ours in TOML, and shows what goes', async () => {
    const others = 'model = "gpt-5"\n\n[mcp_servers.other]\ncommand = "other"\n'
    const own =
      '\n[mcp_servers.scalekit]\ncommand = "npx"\nargs = ["scalekit-mcp", "stdio"]\n\n[mcp_servers.scalekit.env]\nKEPT = "no"\n'
    await put('.codex/config.toml', `${others}${own}\n# of the next table\n[tools]\nweb_search = true\n`)
    const { stdout } = await init('--yes')
    expect(await read('.codex/config.toml')).toBe(
      `${others}\n[mcp_servers.scalekit]\nurl = "http://localhost:3002/mcp"\n\n\n# of the next table\n[tools]\nweb_search = true\n`,
    )
    expect(stdout).toContain('    7 - command = "npx"\n')
    expect(stdout).toContain('   11 - KEPT = "no"\n')
    expect(stdout).toContain('    7 + url = "http://localhost:3002/mcp"\n')
    expect(stdout).not.toContain('other')
    await init('--remove', '--yes')
    expect(await read('.codex/config.toml')).toContain(own)
  })

  test.each([
    'model = "gpt-5"\nmcp_servers = { other = { command = "other" } }\n',
    'model = "gpt-5"\nmcp_servers = { scalekit = { url = "http://localhost:1/mcp" } }\n',
    'model = "gpt-5"\nmcp_servers.scalekit.url = "http://localhost:1/mcp"\n',
    'model = "gpt-5"\n[mcp_servers]\nscalekit = { url = "http://localhost:1/mcp" }\n',
    'model = "gpt-5"\n["mcp_servers"."scalekit"]\nurl = "http://localhost:1/mcp"\n',
    'model = "gpt-5"\n[[mcp_servers]]\nurl = "http://localhost:1/mcp"\n',
  ])('names the line of servers that TOML has in another form: %j', async (text) => {
    await put('.codex/config.toml', text)
    const { code, stderr } = await init('--yes')
    expect([code, stderr]).toEqual([78, expect.stringMatching(/line 2 has mcp_servers in a form/)])
    expect(await read('.codex/config.toml')).toBe(text)
  })

  test('puts an entry next to integers of 64 bits in TOML, and replaces tables in an array', async () => {
    const others = 'large = 9223372036854775807\n'
    await put('.codex/config.toml', `${others}[mcp_servers.scalekit]\n[[mcp_servers.scalekit.a]]\nb = 1\n`)
    expect(await init('--yes')).toMatchObject({ code: 0, stderr: '' })
    expect(await read('.codex/config.toml')).toBe(
      `${others}[mcp_servers.scalekit]\nurl = "http://localhost:3002/mcp"\n`,
    )
  })

  test.each([
    ['', 'extensions:\n  scalekit:\n'],
    ['a: 1', 'a: 1\nextensions:\n  scalekit:\n'],
    ['extensions: {}\nb: 2\n', 'extensions:\n  scalekit:\n'],
    ['extensions: # none yet\nb: 2\n', 'extensions: # none yet\n  scalekit:\n'],
    ['extensions:\n    a:\n        enabled: true', 'enabled: true\n    scalekit:\n'],
    ['a: 1\r\n', 'a: 1\r\nextensions:\r\n  scalekit:\r\n    enabled: true\r\n'],
    ['extensions: # none yet\r\nb: 2\r\n', '# none yet\r\n  scalekit:\r\n    enabled: true\r\n'],
    ['\uFEFFa: 1\n', '\uFEFFa: 1\nextensions:\n'],
    ['---\na: &a\n  b: 1\nc: *a\n', 'c: *a\nextensions:\n'],
  ])('puts an entry into YAML, and takes it out again: %j', async (text, expected) => {
    await put('.config/goose/config.yaml', text)
    expect(await init('--yes')).toMatchObject({ code: 0, stderr: '' })
    expect(await read('.config/goose/config.yaml')).toContain(expected)
    expect((await init('--yes')).stdout).toContain('Everything is as it should be.')
    await init('--remove', '--yes')
    expect(await read('.config/goose/config.yaml')).toBe(text)
  })

  test.each(['extensions: { a: { enabled: true } }\n', 'b: 2\nextensions: &all [a]\n', '- extensions\n'])(
    'refuses YAML that it cannot edit line by line: %j',
    async (text) => {
      await put('.config/goose/config.yaml', text)
      const { code, stderr } = await init('--yes')
      expect([code, stderr]).toEqual([
        78,
        expect.stringMatching(/line \d+ has extensions|not a YAML mapping/),
      ])
      expect(await read('.config/goose/config.yaml')).toBe(text)
    },
  )

  test.each([
    'a: *missing\n',
    'a: &a [*a]\n',
    'a: &a [1, 1, 1]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n',
  ])('refuses YAML whose aliases lead nowhere: %j', async (text) => {
    await put('.config/goose/config.yaml', text)
    const { code, stderr } = await init('--yes')
    expect([code, stderr]).toEqual([
      78,
      expect.stringMatching(/^Goose: .* was not changed: it has an alias .*\n$/),
    ])
  })

  test('refuses to break an alias of its entry', async () => {
    const text = 'extensions:\n  scalekit: &own\n    enabled: true\n  other: *own\n'
    await put('.config/goose/config.yaml', text)
    const { code, stderr } = await init('--yes')
    expect([code, stderr]).toEqual([78, expect.stringContaining('line 1 has extensions in a form')])
    expect(await read('.config/goose/config.yaml')).toBe(text)
  })

  test('leaves nothing behind where the disk is full', async () => {
    const text = JSON.stringify({ pad: 'x'.repeat(990) })
    await put('.cursor/mcp.json', text)
    // The copy has room, the changed file has none.
    const child = spawn('bash', ['-c', `ulimit -f 1; exec "${process.execPath}" "${entry}" init --yes`], {
      env: { PATH: process.env.PATH ?? '', HOME: home },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    child.stderr.on('data', (chunk) => (stderr += chunk))
    expect(await once(child, 'close')).toEqual([78, null])
    expect(stderr).toContain(`${join(home, '.cursor/mcp.json')} could not be written (EFBIG)`)
    expect(await readdir(join(home, '.cursor'))).toEqual(['mcp.json'])
    expect(await read('.cursor/mcp.json')).toBe(text)
  })

  test.runIf(process.platform === 'linux').each([
    ['Ctrl-C', '\x03', false],
    ['Ctrl-D', '\x04', false],
    ['return', '\r', false],
    ['y', 'y\r', true],
  ])('asks first, and %s is an answer', async (_, key, writes) => {
    await put('.cursor/mcp.json', '{}')
    const command = `'${process.execPath}' '${entry}' init`
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      env: { PATH: process.env.PATH ?? '', HOME: home, TERM: 'xterm' },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => {
      const asked = output.includes('[y/N]')
      output += chunk
      if (!asked && output.includes('[y/N]')) child.stdin.write(key)
    })
    expect(await once(child, 'close')).toEqual([0, null])
    expect(output).toContain(writes ? 'Done.' : 'Nothing was written.')
    expect((await read('.cursor/mcp.json')) === '{}').toBe(!writes)
  })

  test('prints the change alone, never what other servers have', async () => {
    const secret = 'Bearer ghp_of_another_server'
    const other = { url: 'https://other.example.com', headers: { Authorization: secret } }
    const texts = {
      '.claude.json': JSON.stringify({ mcpServers: { other }, projects: { a: { other } } }),
      '.cursor/mcp.json': `{\n  "mcpServers": {\n    "other": ${JSON.stringify(other)}\n  }\n}\n`,
      '.codex/config.toml': `[mcp_servers.other]\nurl = "https://other.example.com"\nhttp_headers = { Authorization = "${secret}" }\n`,
    }
    for (const [file, text] of Object.entries(texts)) await put(file, text)
    for (const args of [['--yes'], ['--url', 'https://mcp.acme.com/mcp', '--yes'], ['--remove', '--yes']]) {
      const { code, stdout, stderr } = await init(...args)
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout.match(/^ +\d+ [-+] .*scalekit/gm)?.length).toBeGreaterThanOrEqual(3)
      expect(stdout).not.toMatch(/ghp_|other\.example|http_headers/)
    }
    for (const [file, text] of Object.entries(texts)) expect(await read(file)).toBe(text)
  })

  test('finds its own entry among thousands of URLs, and takes it out byte by byte', async () => {
    const servers = Array.from({ length: 3_000 }, (_, index) => [
      `server-${index}`,
      { type: 'http', url: `https://${index}.example.com/mcp`, headers: { 'x-filler': 'x'.repeat(1_500) } },
    ])
    const text = JSON.stringify({ mcpServers: Object.fromEntries(servers) }, null, 2)
    expect(text.length).toBeGreaterThan(4_900_000)
    await put('.claude.json', text)
    const { stdout } = await init('--yes')
    expect(stdout.length).toBeLessThan(1_000)
    expect(stdout).toContain('+     "scalekit": {')
    await init('--remove', '--yes')
    expect(await read('.claude.json')).toBe(text)
  })

  test('a fresh file of opencode is one that version 1 accepts, and version 2 keeps its own', async () => {
    await init('--yes', '--client', 'opencode')
    const file = '.config/opencode/opencode.json'
    const url = 'http://localhost:3002/mcp'
    expect(JSON.parse(await read(file))).toEqual({
      mcp: { scalekit: { type: 'remote', url, enabled: true } },
    })
    await put(file, '{"mcp": {"servers": {"other": {"type": "remote", "url": "https://other.example.com"}}}}')
    await init('--yes')
    expect(JSON.parse(await read(file)).mcp.servers.scalekit).toEqual({ type: 'remote', url })
  })

  describe('with more than read access', () => {
    const entryOf = async (client: string, ...args: string[]) => {
      const { stdout } = await init('--yes', '--json', '--client', client, ...args)
      const [outcome] = (JSON.parse(stdout) as { clients: { file: string }[] }).clients
      return readFile(outcome?.file ?? '', 'utf8')
    }

    test('lists the scopes where the configuration of a client can', async () => {
      const scopes = ['--scopes', 'organization:write, environment:read']
      const codex = await entryOf('codex', ...scopes)
      expect(codex).toContain('scopes = ["environment:read", "organization:write"]\n')
      const oauth = async (client: string) =>
        JSON.parse(await entryOf(client, ...scopes)).mcpServers.scalekit.oauth
      expect(await oauth('claude-code')).toEqual({ scopes: 'environment:read organization:write' })
      expect(await oauth('gemini-cli')).toEqual({ scopes: ['environment:read', 'organization:write'] })
      expect(await oauth('qwen-code')).toEqual({ scopes: ['environment:read', 'organization:write'] })
      expect(await entryOf('codex', '--write')).toContain('"organization:write"')
      expect(await entryOf('codex')).not.toContain('scopes')
    })

    test('asks by the URL for a client that may never ask again, and says why', async () => {
      const url = 'https://mcp.acme.com/mcp?toolsets=users'
      for (const client of ['opencode', 'mcporter', 'cline', 'kilo']) {
        expect(await entryOf(client, '--write', '--url', url)).toContain(`"${url}&access=write"`)
        expect(await entryOf(client, '--write')).toContain('"http://localhost:3002/mcp?access=write"')
        expect(await entryOf(client, '--scopes', 'organization:read')).toContain(
          '"http://localhost:3002/mcp"',
        )
      }
      for (const client of ['vscode', 'copilot-cli', 'claude-desktop']) {
        expect(await entryOf(client, '--write')).toContain('"http://localhost:3002/mcp"')
      }
      const { stdout } = await init('--write', '--dry-run', '--client', 'opencode', 'vscode', 'codex')
      expect(stdout).toMatch(/^opencode: the URL ends in access=write, because .*\.$/m)
      expect(stdout).toMatch(/^VS Code: the URL stays as it is, because .*\.$/m)
      expect(stdout).toMatch(/^Codex: the configuration lists .*organization:write.*\.$/m)
    })

    test('takes all of it out again', async () => {
      await put('.codex/config.toml', 'model = "gpt-5"\n')
      await init('--write', '--yes')
      expect((await init('--write', '--yes')).stdout).toContain('Everything is as it should be.')
      await init('--remove', '--yes')
      expect(await read('.codex/config.toml')).toBe('model = "gpt-5"\n')
    })

    test.each([
      [['--scopes', 'organisation:read'], '--scopes takes some of'],
      [['--scopes', ''], '--scopes takes some of'],
      [
        ['--write', '--scopes', 'organization:read'],
        "'--scopes <scopes>' cannot be used with option '--write'",
      ],
      [['--remove', '--write'], 'cannot be used with'],
      [['--write', '--url', 'http://localhost:3002/mcp?readonly=true'], 'readonly=true'],
    ])('refuses %j', async (args, says) => {
      const { code, stderr } = await init('--yes', '--client', 'codex', ...args)
      expect([code, stderr]).toEqual([78, expect.stringContaining(says)])
      await expect(stat(join(home, '.codex'))).rejects.toThrow('ENOENT')
    })
  })

  test('says which clients there are when none is installed, or another is named', async () => {
    expect(await init('--yes')).toMatchObject({ code: 78, stderr: expect.stringContaining('No MCP client') })
    const unknown = await init('--yes', '--client', 'emacs')
    expect(unknown.code).toBe(78)
    for (const { id } of clients) expect(unknown.stderr).toContain(id)
  })

  test.each([
    'localhost',
    ' http://localhost:3002/mcp',
    'http://localhost:3002/mcp\n',
    'http://localhost:3002/a b',
    'http:localhost:3002/mcp',
    'http:\\\\localhost:3002\\mcp',
    'http://ada:secret@localhost:3002/mcp',
    'http://localhost:3002/mcp#tools',
    'ftp://localhost/mcp',
  ])('refuses %j for the URL', async (url) => {
    const { code, stdout, stderr } = await init('--yes', '--client', 'cursor', '--url', url)
    expect([code, stdout, stderr]).toEqual([78, '', expect.stringMatching(/^--url: give the URL/)])
    await expect(stat(join(home, '.cursor'))).rejects.toThrow('ENOENT')
  })

  test('takes out an entry whose URL has a scheme in capitals, with the copy of the file', async () => {
    await put('.cursor/mcp.json', '{}')
    await init('--yes', '--url', 'HTTPS://mcp.acme.com/mcp')
    await init('--yes', '--url', 'https://mcp.acme.com/mcp')
    await init('--remove', '--yes')
    expect(await read('.cursor/mcp.json')).toBe('{}')
    expect(await readdir(join(home, '.cursor'))).toEqual(['mcp.json'])
  })
})

describe('where a client keeps its servers', () => {
  const file = (id: string, places: Parameters<(typeof clients)[number]['files']>[0]) =>
    clients.find((client) => client.id === id)?.files(places)[0]

  test('on macOS', () => {
    const places = { home: '/Users/ada', platform: 'darwin' as const }
    expect(file('claude-desktop', places)).toBe(
      '/Users/ada/Library/Application Support/Claude/claude_desktop_config.json',
    )
    expect(file('vscode', places)).toBe('/Users/ada/Library/Application Support/Code/User/mcp.json')
  })

  test('on Windows', () => {
    const places = { home: 'C:\\Users\\ada', platform: 'win32' as const }
    expect(file('vscode', places)).toBe('C:\\Users\\ada\\AppData\\Roaming\\Code\\User\\mcp.json')
    expect(file('vscode', { ...places, appData: 'D:\\Roaming' })).toBe('D:\\Roaming\\Code\\User\\mcp.json')
    expect(file('cursor', places)).toBe('C:\\Users\\ada\\.cursor\\mcp.json')
  })

  test('where a variable names another place', () => {
    const places = {
      home: '/home/ada',
      platform: 'linux' as const,
      xdgConfig: '/x',
      claudeConfig: '/c',
      codexHome: '/d',
    }
    expect(file('opencode', places)).toBe('/x/opencode/opencode.json')
    expect(file('claude-code', places)).toBe('/c/.claude.json')
    expect(file('codex', places)).toBe('/d/config.toml')
  })
})

describe('a client that starts a process to reach a server', () => {
  const entry = (url: string, platform: NodeJS.Platform) => {
    const found = clients.find(({ id }) => id === 'claude-desktop')
    const format = found?.format({ home: '/', platform })
    return JSON.parse(format?.open('').put({ url }).text ?? '').mcpServers.scalekit
  }

  test.each<[string, NodeJS.Platform, object]>([
    [
      'https://mcp.acme.com/mcp',
      'darwin',
      { command: 'npx', args: ['-y', 'mcp-remote@0.15.1', 'https://mcp.acme.com/mcp'] },
    ],
    [
      'http://10.0.0.5:3002/mcp',
      'linux',
      { command: 'npx', args: ['-y', 'mcp-remote@0.15.1', 'http://10.0.0.5:3002/mcp', '--allow-http'] },
    ],
    [
      'http://localhost:3002/mcp',
      'win32',
      { command: 'cmd', args: ['/c', 'npx', '-y', 'mcp-remote@0.15.1', 'http://localhost:3002/mcp'] },
    ],
  ])('%s on %s', (url, platform, expected) => {
    expect(entry(url, platform)).toEqual(expected)
  })

  test('is given no URL that the shell of Windows would split', () => {
    const refuses = clients.find(({ id }) => id === 'junie')?.refuses
    const url = 'https://mcp.acme.com/mcp?toolsets=users&readonly=true'
    expect(refuses?.(url, { home: 'C:\\Users\\ada', platform: 'win32' })).toContain('&')
    expect(refuses?.(url, { home: '/home/ada', platform: 'linux' })).toBeUndefined()
  })
})
