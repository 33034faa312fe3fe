import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { images, launchChromium } from '../browser/chromium.js'
import { freePort, untilReady } from '../harness/program.js'
import { authorizationUrl, signIn } from './client-run.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(join(root, 'docs/first-call.md'), 'utf8')

/** Each command of the page, with the lines that it shows of what is printed. */
const steps = [...page.matchAll(/```sh\n(.+?)\n```\n(?:[^`]*?```\n(.+?)\n```)?/gs)].map(
  ([, command = '', shown = '']) => ({ command, shown: shown.split('\n').map((line) => line.trim()) }),
)
const step = (part: string) => {
  const found = steps.filter(({ command }) => command.includes(part))
  if (found.length !== 1) throw new Error(`${found.length} commands of the page have ${part}`)
  return found[0] as (typeof steps)[number]
}

let browser: Browser
let home: string
let port: number
let localPort: number
const running: ChildProcess[] = []
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'scalekit-first-call-'))
  port = await freePort()
  localPort = await freePort()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  // The shell, npm and the program are one group.
  for (const { pid } of running) if (pid) process.kill(-pid, 'SIGTERM')
  await Promise.all(running.map((child) => new Promise((resolve) => child.once('close', resolve))))
  rmSync(home, { recursive: true, force: true })
})

/** The page's command with ports that are free here; `npm ci` was what made this test run. */
function here(command: string): string {
  return command
    .replace('npm ci && npm start', `npm start -- --memory --port ${port} --local-port ${localPort}`)
    .replaceAll('localhost:3002', `localhost:${port}`)
    .replace(/scalekit-mcp doctor$/, `$& http://localhost:${port}/mcp`)
}

/** Runs it in a terminal of its own, as a person does. What a client starts to open a browser does nothing. */
function inTerminal(command: string, cwd: string) {
  const child = spawn('script', ['-qfec', here(command), '/dev/null'], {
    cwd,
    detached: true,
    env: {
      ...{ PATH: process.env.PATH ?? '', HOME: home, BROWSER: 'true', NO_COLOR: '1' },
      npm_config_cache: process.env.npm_config_cache ?? join(process.env.HOME ?? home, '.npm'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk
    })
  }
  const printed = () => text.replaceAll(`localhost:${port}`, 'localhost:3002')
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, ended, text: () => text, printed: () => printed().replaceAll(String(localPort), '8787') }
}

/** What the page shows stands in what was printed, in this order. */
function expectShown(shown: readonly string[], printed: string): void {
  let from = 0
  for (const line of shown) {
    const at = printed.indexOf(line, from)
    expect(at, `${JSON.stringify(line)} is not in, or not there:\n${printed}`).toBeGreaterThanOrEqual(0)
    from = at + line.length
  }
}

test('the page takes the steps of the README', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  expect(steps).toHaveLength(4)
  for (const command of [step('npm start').command, 'npx scalekit-mcp init', step('inspector').command]) {
    expect(readme).toContain(command)
  }
})

test('from a clone to the first call, with the commands of the page', async () => {
  const start = inTerminal(step('npm start').command, root)
  running.push(start.child)
  await untilReady(`http://localhost:${port}/ready`, start.child, start.text)
  expectShown(step('npm start').shown, start.printed())

  const init = inTerminal(step('init').command, root)
  expect(await init.ended, init.text()).toBe(0)
  expectShown(step('init').shown, init.printed())

  const { command, shown } = step('inspector')
  const call = inTerminal(
    `${command} --callback-url http://127.0.0.1:${await freePort()}/oauth/callback`,
    join(root, 'test/clients'),
  )
  await signIn(browser, await authorizationUrl(call.text), `${images}first-call-`)
  expect(await call.ended, call.text()).toBe(0)
  expectShown(shown, call.printed())
  const [, answer = ''] = /## 4\..+?```\n(.+?)\n```/s.exec(page) ?? []
  expectShown(answer.split('\n'), call.printed())

  const doctor = inTerminal(step('doctor').command, root)
  expect(await doctor.ended, doctor.text()).toBe(0)
  expectShown(step('doctor').shown, doctor.printed())
})
