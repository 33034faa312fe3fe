import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { commandsOf, optionsOf } from '../packages/server/src/cli/command-tree.js'
import { program } from '../packages/server/src/cli/program.js'
import { runToEnd } from './harness/program.js'

const names = commandsOf(program).map(({ path }) => path.split(' ')[0])

describe('scalekit-mcp tools', () => {
  const list = async (...args: string[]) => {
    const { stdout } = await runToEnd(['tools', '--json', ...args])
    return (
      JSON.parse(stdout) as { tools: { name: string; toolset: string; effect: string; granted?: boolean }[] }
    ).tools
  }

  test('lists what a URL selects, as the server does', async () => {
    const selected = await list(
      '--url-query',
      'https://mcp.acme.com/mcp?toolsets=organizations,audit&readonly=true',
    )
    // A call of any toolset may need a person.
    expect(new Set(selected.map(({ toolset }) => toolset))).toEqual(
      new Set(['organizations', 'audit', 'workspace']),
    )
    expect(new Set(selected.map(({ effect }) => effect))).toEqual(new Set(['read']))
    const all = await list()
    expect(all.length).toBeGreaterThan(selected.length)
    expect(all.map(({ toolset }) => toolset)).not.toContain('audit')
    const bound = await list('--mode', 'environment')
    expect(bound.length).toBeLessThan(all.length)
  })

  test('marks what needs more scopes', async () => {
    const tools = await list('--scopes', 'organization:read')
    expect(tools.find(({ name }) => name === 'list_organizations')?.granted).toBe(true)
    expect(tools.find(({ name }) => name === 'create_organization')?.granted).toBe(false)
    const { stdout } = await runToEnd([
      'tools',
      '--url-query',
      'toolsets=organizations',
      '--scopes',
      'organization:read',
    ])
    expect(stdout).toMatch(/^create_organization .*asks for more scopes/m)
    expect(stdout).not.toContain(String.fromCharCode(27))
  })

  test('refuses a query that the server refuses', async () => {
    const { code, stderr } = await runToEnd(['tools', '--url-query', 'toolsets=nothing'])
    expect(code).toBe(78)
    expect(stderr).toContain('toolsets takes some of')
  })
})

describe('scalekit-mcp completion', () => {
  test.each(['bash', 'zsh', 'fish'])('%s: names every command and every option', async (shell) => {
    const { code, stdout } = await runToEnd(['completion', shell])
    expect(code).toBe(0)
    for (const name of names) expect(stdout).toContain(name)
    for (const { command } of commandsOf(program)) {
      for (const option of optionsOf(command)) expect(stdout).toContain(option.replace(/^--/, ''))
    }
  })

  test('completes in bash', async () => {
    const { stdout: script } = await runToEnd(['completion', 'bash'])
    const complete = async (...words: string[]) => {
      const typed = `COMP_WORDS=(${words.join(' ')} ''); COMP_CWORD=${words.length}`
      const { stdout } = await promisify(execFile)('bash', [
        '-c',
        `${script}\n${typed}; _scalekit_mcp; echo "\${COMPREPLY[*]}"`,
      ])
      return stdout.trim().split(' ')
    }
    expect(await complete('scalekit-mcp')).toEqual([...new Set(names)])
    expect(await complete('scalekit-mcp', 'doctor')).toEqual(['--token', '--json'])
    expect(await complete('scalekit-mcp', 'completion')).toEqual(['bash', 'zsh', 'fish'])
  })
})

describe('the command line', () => {
  test('says which Node it needs, where the one that runs it is older', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'old-node-'))
    const copy = join(folder, 'bin/scalekit-mcp.js')
    await cp(new URL('../packages/server/bin/scalekit-mcp.js', import.meta.url), copy)
    await writeFile(join(folder, 'package.json'), '{"type": "module", "engines": {"node": ">=99.19.0"}}')
    const { code, stderr } = await promisify(execFile)(process.execPath, [copy, 'serve']).catch(
      (error) => error,
    )
    await rm(folder, { recursive: true })
    expect([code, stderr]).toEqual([
      78,
      `scalekit-mcp needs Node 99.19 or newer, and this is Node ${process.versions.node}. Install a newer one from https://nodejs.org.\n`,
    ])
  })

  test('ends with 78 for what it does not know, and with 0 for help', async () => {
    expect((await runToEnd(['serve', '--nothing'])).code).toBe(78)
    expect((await runToEnd(['nothing'])).code).toBe(78)
    expect((await runToEnd(['init', '--help'])).code).toBe(0)
    expect(await runToEnd(['--version'])).toMatchObject({ code: 0, stderr: '' })
  })
})
