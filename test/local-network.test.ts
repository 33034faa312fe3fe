import { describe, expect, onTestFinished, test } from 'vitest'
import { freePort, runToEnd, startLocalProgram } from './harness/program.js'

const started = async (args: string[], env: Record<string, string>) => {
  const program = await startLocalProgram(['--memory', ...args], env)
  onTestFinished(() => void program.stop())
  return program
}

describe('scalekit-mcp local --host', () => {
  test('lets other machines in at PUBLIC_URL, and prints the token that they need for control', async () => {
    const port = await freePort()
    const publicUrl = `http://localhost:${port}`
    const args = ['--host', '0.0.0.0', '--port', String(port)]
    const program = await started(args, { PUBLIC_URL: publicUrl, ALLOWED_HOSTS: 'scalekit:8787, other:1' })
    const [, token = ''] = /Token \(LOCAL_TOKEN\) +(\S+)/.exec(program.output()) ?? []
    expect(token).toMatch(/^[\w-]{32}$/)

    const refused = await runToEnd(['token', '--local-url', publicUrl])
    expect([refused.code, refused.stderr]).toEqual([78, expect.stringContaining('LOCAL_TOKEN')])
    const given = await runToEnd(['token', '--local-url', publicUrl], { LOCAL_TOKEN: token })
    expect([given.code, given.stdout]).toEqual([0, expect.stringMatching(/^ey/)])
  })

  test('does not print a token that it was given', async () => {
    const LOCAL_TOKEN = 'the token of this test'
    const program = await started(['--host', '127.0.0.1', '--port', '0'], { LOCAL_TOKEN })
    expect(program.output()).not.toContain(LOCAL_TOKEN)
  })

  test('says what is wrong with its settings', async () => {
    const args = ['local', '--memory', '--port', '0', '--host', '0.0.0.0']
    const { code, stderr } = await runToEnd(args, { PUBLIC_URL: 'scalekit:8787/path' })
    expect([code, stderr]).toEqual([
      78,
      expect.stringContaining('PUBLIC_URL: "scalekit:8787/path" is no URL'),
    ])
  })
})
