import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { evaluate, evaluateIn, type RecordedCall } from './evaluate.js'
import { modelFrom } from './models/endpoint.js'
import type { OfferedTool } from './models/model.js'
import { agreeingPerson } from './person.js'
import { unexplained } from './plans/explain.js'
import { plans } from './plans/index.js'
import { following, REPORTED, startScriptedModel } from './scripted-model.js'
import { connect } from './session.js'
import type { Task } from './task.js'
import { tasks } from './tasks/index.js'
import { startWorld, type World } from './world.js'

const limits = { turns: 60, seconds: 600, toolsets: 'default', asking: 'links' } as const

/** Where nothing is done. */
let idle: World
let tools: readonly OfferedTool[]
beforeAll(async () => {
  idle = await startWorld()
  const person = agreeingPerson('admin@example.com')
  const session = await connect(idle.mcpUrl, await idle.token('admin@example.com'), person, 'links')
  await session.close()
  tools = session.tools
})
afterAll(() => idle?.close())

/** The arguments of each call that a model could only have guessed. */
function guesses(calls: readonly RecordedCall[], { ask, implied }: Task): string[] {
  return calls.flatMap((call, index) => {
    const inputSchema = tools.find(({ name }) => name === call.tool)?.inputSchema ?? {}
    const results = calls.slice(0, index).map(({ text }) => JSON.parse(text) as unknown)
    return unexplained(call.arguments, { ask, implied, inputSchema, results }).map(
      (each) => `${call.tool} ${each}`,
    )
  })
}

describe.each(tasks)('$name', (task) => {
  const plan = plans.find((each) => each.task === task.name)
  test('is not done by a model that only says so', async () => {
    const model = await startScriptedModel(() => ({ answer: 'Done.' }))
    const env = { EVAL_MODEL_URL: model.url, EVAL_MODEL: 'm' }
    const { ended, done, missing } = await evaluateIn(idle, task, modelFrom(env), limits)
    await model.close()
    expect({ ended, done }).toEqual({ ended: 'answer', done: false })
    expect(missing).not.toEqual([])
  })

  test('is done by its plan, which guesses nothing', async () => {
    if (!plan) throw new Error('no plan')
    const model = await startScriptedModel(following(plan))
    // Each protocol carries half of the plans.
    const api = plans.indexOf(plan) % 2 === 0 ? 'openai' : 'anthropic'
    const env = { EVAL_MODEL_URL: model.url, EVAL_MODEL: 'plan', EVAL_MODEL_API: api }
    const { calls, ...evaluation } = await evaluate(task, modelFrom(env), limits)
    await model.close()
    expect(evaluation).toMatchObject({ missing: [], ended: 'answer', done: true })
    expect(calls.map(({ tool }) => tool)).toEqual(plan.calls.map(({ tool }) => tool))
    expect(evaluation.wrongTurns).toBe(plan.wrongTurns ?? 0)
    const turns = calls.length + 1
    expect(evaluation.tokens).toEqual({ input: turns * REPORTED.input, output: turns * REPORTED.output })
    expect(guesses(calls, task)).toEqual([])
  })
})

test('each task has one plan', () => {
  expect(plans.map(({ task }) => task).sort()).toEqual(tasks.map(({ name }) => name).sort())
})

describe('an argument', () => {
  const inputSchema = {
    type: 'object',
    properties: {
      name: { type: 'string' },
      feature: { type: 'string', enum: ['sso', 'dirSync'] },
      pageSize: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
      notify: { type: 'boolean' },
      minutes: { type: 'integer', description: '480 are 8 hours.' },
      scopes: { type: 'array', items: { type: 'string' } },
    },
  }
  const sources = {
    ask: 'Give NW-77 the scope todo:read, 3 times.',
    inputSchema,
    results: [{ items: [{ id: 'org_1' }] }],
  }

  test.each([
    ['the words of the person', { name: 'NW-77' }],
    ['a number of the person', { pageSize: 3 }],
    ['a choice of the schema', { feature: 'dirSync' }],
    ['a limit of the schema', { pageSize: 100 }],
    ['an example of the schema', { minutes: 480 }],
    ['a default of the schema', { pageSize: 20 }],
    ['yes or no', { notify: false }],
    ['an earlier result', { name: 'org_1' }],
    ['words in a list', { scopes: ['todo:read'] }],
  ])('from %s is explained', (_from, args) => {
    expect(unexplained(args, sources)).toEqual([])
  })

  test.each([
    ['part of a word', { name: 'NW-7' }, 'name: "NW-7"'],
    ['part of a result', { name: 'org' }, 'name: "org"'],
    ['a number of nobody', { pageSize: 50 }, 'pageSize: 50'],
    ['another choice', { feature: 'scim' }, 'feature: "scim"'],
    ['nothing', { name: '' }, 'name: ""'],
    ['a list with one invention', { scopes: ['todo:read', 'todo:all'] }, 'scopes.1: "todo:all"'],
    ['a field that the schema lacks', { other: { deep: 'x' } }, 'other.deep: "x"'],
  ])('that is %s is not', (_what, args, found) => {
    expect(unexplained(args, sources)).toEqual([found])
  })

  test('that the ask abbreviates is explained where the task spells it out', () => {
    expect(unexplained({ name: 'T-07' }, { ...sources, implied: ['T-07'] })).toEqual([])
  })
})
