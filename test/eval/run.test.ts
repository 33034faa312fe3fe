import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { evaluate } from './evaluate.js'
import { endpointFrom, modelFrom } from './models/endpoint.js'
import { plans } from './plans/index.js'
import { following, startScriptedModel } from './scripted-model.js'
import { tasks } from './tasks/index.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const KEY = 'key-that-nobody-may-see'

/** The command, as `npm run eval` runs it. */
function run(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import', 'tsx', 'test/eval/run.ts', ...args],
      { cwd: root, env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eval-'))
})
afterAll(() => rm(folder, { recursive: true }))

const [plan] = plans
if (!plan) throw new Error('no plan')

describe.each([
  ['openai', 'authorization', `Bearer ${KEY}`],
  ['anthropic', 'x-api-key', KEY],
])('npm run eval with a model that speaks %s', (api, header, value) => {
  test('prints a table, writes JSON, and shows the key to the model API only', async () => {
    const model = await startScriptedModel(following(plan))
    const file = join(folder, `${api}.json`)
    const { code, stdout, stderr } = await run(['--task', plan.task, '--json', file], {
      EVAL_MODEL_URL: model.url,
      EVAL_MODEL: 'scripted',
      EVAL_MODEL_KEY: KEY,
      EVAL_MODEL_API: api,
    })
    await model.close()
    const json = await readFile(file, 'utf8')
    expect(stderr).toBe('count-organizations: done\n')
    expect(stdout).toMatch(/^task +done +calls +wrong turns +input tokens +output tokens +seconds$/m)
    expect(stdout).toMatch(/^count-organizations +yes +1 +0 +200 +20 +\d+\.\d$/m)
    expect(stdout).toMatch(/^all +1 of 1 +1 +0 +200 +20 +\d+\.\d$/m)
    expect(code).toBe(0)
    expect(JSON.parse(json)).toMatchObject({
      model: 'scripted',
      tasks: [
        {
          task: plan.task,
          done: true,
          calls: [{ tool: 'list_organizations' }],
        },
      ],
    })
    expect(model.requests.map((headers) => headers[header])).toEqual([value, value])
    expect(stdout + stderr + json).not.toContain(KEY)
  })
})

test('a task that is not done ends with 1 and says what is not true', async () => {
  const model = await startScriptedModel(() => ({ answer: 'There are 7.' }))
  const { code, stderr, stdout } = await run(['--task', 'count-organizations'], {
    EVAL_MODEL_URL: model.url,
    EVAL_MODEL: 'm',
  })
  await model.close()
  expect(stderr).toContain('not true: the answer has the number 5')
  expect(stdout).toMatch(/^all +0 of 1 /m)
  expect(code).toBe(1)
})

test.each([
  [[], {}, 'Set EVAL_MODEL_URL'],
  [[], { EVAL_MODEL_URL: 'http://localhost:1' }, 'Set EVAL_MODEL to'],
  [[], { EVAL_MODEL_URL: 'http://localhost:1', EVAL_MODEL: 'm', EVAL_MODEL_API: 'x' }, 'Set EVAL_MODEL_API'],
  [
    ['--task', 'nothing'],
    { EVAL_MODEL_URL: 'http://localhost:1', EVAL_MODEL: 'm' },
    'There is no task nothing',
  ],
  [['--turns', '0'], { EVAL_MODEL_URL: 'http://localhost:1', EVAL_MODEL: 'm' }, '--turns needs'],
])('%j with %j ends with 78 and says what to set', async (args, env: Record<string, string>, message) => {
  const { code, stderr } = await run(args, env)
  expect(stderr).toContain(message)
  expect(code).toBe(78)
})

describe('a model that does not come to an end', () => {
  const [task] = tasks
  if (!task) throw new Error('no task')

  test('is stopped after its turns', async () => {
    const model = await startScriptedModel(() => ({ tool: 'whoami', arguments: {} }))
    const limits = { turns: 3, seconds: 600, toolsets: 'default', asking: 'links' as const }
    const { ended, done, calls } = await evaluate(
      task,
      modelFrom({ EVAL_MODEL_URL: model.url, EVAL_MODEL: 'm' }),
      limits,
    )
    await model.close()
    expect({ ended, done, calls: calls.length }).toEqual({ ended: 'turns', done: false, calls: 3 })
  })

  test('is stopped after its time', async () => {
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const url = `http://localhost:${(silent.address() as AddressInfo).port}`
    const limits = { turns: 3, seconds: 1, toolsets: 'default', asking: 'links' as const }
    const { ended, done } = await evaluate(task, modelFrom({ EVAL_MODEL_URL: url, EVAL_MODEL: 'm' }), limits)
    silent.closeAllConnections()
    silent.close()
    expect({ ended, done }).toEqual({ ended: 'time', done: false })
  })

  test('a refused key ends the task, and the error does not repeat the key', async () => {
    const refusing = createServer((request, response) => {
      response.writeHead(401).end(`Bad key: ${request.headers.authorization}`)
    })
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
    const url = `http://localhost:${(refusing.address() as AddressInfo).port}`
    const model = modelFrom({ EVAL_MODEL_URL: url, EVAL_MODEL: 'm', EVAL_MODEL_KEY: KEY })
    const { ended, error } = await evaluate(task, model, {
      turns: 3,
      seconds: 600,
      toolsets: 'default',
      asking: 'links' as const,
    })
    refusing.closeAllConnections()
    refusing.close()
    expect(ended).toBe('error')
    expect(error).toContain('The model API answered 401: Bad key: Bearer …')
  })
})

test.each([
  ['https://api.example.com', 'https://api.example.com/v1/chat/completions'],
  ['http://localhost:11434/v1', 'http://localhost:11434/v1/chat/completions'],
  ['https://api.example.com/v1/chat/completions', 'https://api.example.com/v1/chat/completions'],
  ['https://api.anthropic.com', 'https://api.anthropic.com/v1/messages'],
  ['https://proxy.example.com/v1/messages', 'https://proxy.example.com/v1/messages'],
])('%s is reached at %s', (url, address) => {
  expect(endpointFrom({ EVAL_MODEL_URL: url, EVAL_MODEL: 'm' }).url).toBe(address)
})
