import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clients } from '../packages/server/src/cli/init/clients.js'
import { runToEnd } from './harness/program.js'
import { configurations } from './init/configurations.js'

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

  test.each(configurations)(
    '$client: takes its entry out of a file that was edited since, and nothing else',
    async (each) => {
      await put(each.file, each.text)
      await init('--yes')
      const edited = (text: string) =>
        each.file.endsWith('.toml')
          ? `sandbox_mode = "read-only"\n${text}`
          : text.replace('{', '{ "added-later": [true],')
      await put(each.file, edited(await read(each.file)))
      expect((await init('--remove', '--yes')).code).toBe(0)
      const left = await read(each.file)
      expect(left).not.toContain('scalekit')
      const words = (text: string) =>
        text.split(/[\s,{}]+/).filter((word) => word !== '' && word !== '"mcpServers":')
      expect(words(left)).toEqual(words(edited(each.text)))
    },
  )

  test.each(configurations)(
    '$client: makes the file where there is none, and takes it away again',
    async ({ client }) => {
      const { stdout } = await init('--yes', '--json', '--client', client)
      const [outcome] = (JSON.parse(stdout) as { clients: { file: string; change: string }[] }).clients
      expect(outcome).toMatchObject({ client, change: 'create', written: true })
      expect(await readFile(outcome?.file ?? '', 'utf8')).toContain('http://localhost:3002/mcp')
      expect((await stat(outcome?.file ?? '')).mode & 0o777).toBe(0o600)
      await init('--remove', '--yes', '--client', client)
      await expect(stat(outcome?.file ?? '')).rejects.toThrow('ENOENT')
    },
  )

  test.each(configurations)(
    '$client: refuses a broken file with its line, and writes to no client',
    async (each) => {
      for (const other of configurations) await put(other.file, other.text)
      const broken = each.file.endsWith('.toml') ? `${each.text}\n[half\n` : each.text.slice(0, -4)
      await put(each.file, broken)
      const { code, stderr } = await init('--yes')
      expect(code).toBe(78)
      expect(stderr).toContain(join(home, each.file))
      expect(stderr).toMatch(/line \d+ is not (JSON|TOML)/)
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
  })

  test('says which clients there are when none is installed, or another is named', async () => {
    expect(await init('--yes')).toMatchObject({ code: 78, stderr: expect.stringContaining('No MCP client') })
    const unknown = await init('--yes', '--client', 'emacs')
    expect(unknown.code).toBe(78)
    for (const { id } of clients) expect(unknown.stderr).toContain(id)
    expect((await init('--yes', '--client', 'cursor', '--url', 'localhost')).stderr).toContain('--url')
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
