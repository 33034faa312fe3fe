import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type Evaluation, evaluate, type Limits } from './evaluate.js'
import { modelFrom } from './models/endpoint.js'
import type { Model } from './models/model.js'
import { problemsOf, tableOf } from './report.js'
import type { Task } from './task.js'
import { tasks } from './tasks/index.js'

const usage = `Usage: npm run eval -- [--task NAME] [--json FILE] [--turns 50] [--seconds 300] [--toolsets default]
       [--client links|dialogues]

  --client         links: the client declares no elicitation, so calls that need a person wait at a page; dialogues: it asks

  EVAL_MODEL_URL   a model API that speaks /v1/chat/completions or /v1/messages
  EVAL_MODEL       the name of the model
  EVAL_MODEL_KEY   its key, where it needs one
  EVAL_MODEL_API   openai or anthropic, where the URL does not show it

Tasks: ${tasks.map(({ name }) => name).join(', ')}
`

interface Settings {
  readonly model: Model
  readonly limits: Limits
  readonly chosen: readonly Task[]
  readonly jsonFile: string | undefined
}

/** Lets a model do the tasks, one after the other, and prints how it went. Ends with 1 unless all are done. */
async function main({ model, limits, chosen, jsonFile }: Settings): Promise<void> {
  const evaluations: Evaluation[] = []
  for (const task of chosen) {
    const evaluation = await evaluate(task, model, limits)
    evaluations.push(evaluation)
    process.stderr.write(evaluation.done ? `${task.name}: done\n` : `${problemsOf(evaluation)}\n`)
  }
  process.stdout.write(`\n${tableOf(evaluations)}\n`)
  if (jsonFile) {
    await writeFile(jsonFile, `${JSON.stringify(reportOf(model.name, limits, evaluations), null, 2)}\n`)
  }
  if (evaluations.some(({ done }) => !done)) process.exitCode = 1
}

/** @throws Error with what to set */
function readSettings(): Settings {
  const { values } = parseArgs({
    options: {
      task: { type: 'string', multiple: true },
      json: { type: 'string' },
      turns: { type: 'string', default: '50' },
      seconds: { type: 'string', default: '300' },
      toolsets: { type: 'string', default: 'default' },
      client: { type: 'string', default: 'links' },
    },
  })
  return {
    model: modelFrom(process.env),
    limits: {
      turns: positive(values.turns, '--turns'),
      seconds: positive(values.seconds, '--seconds'),
      toolsets: values.toolsets,
      asking: askingBy(values.client),
    },
    chosen: tasksNamed(values.task),
    jsonFile: values.json,
  }
}

/** Settings, or undefined after it has said what is wrong with them. */
function settingsOrUsage(): Settings | undefined {
  try {
    return readSettings()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    process.exitCode = 78
    return undefined
  }
}

function tasksNamed(names: readonly string[] = []): readonly Task[] {
  const unknown = names.find((name) => !tasks.some((task) => task.name === name))
  if (unknown !== undefined) throw new Error(`There is no task ${unknown}.`)
  return names.length === 0 ? tasks : tasks.filter(({ name }) => names.includes(name))
}

function askingBy(client: string): Limits['asking'] {
  if (client === 'links' || client === 'dialogues') return client
  throw new Error(`--client needs links or dialogues, not ${client}.`)
}

function positive(text: string, option: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${option} needs a whole number above 0, not ${text}.`)
  return value
}

/** Without what the tools answered, which fills pages. */
function reportOf(model: string, limits: Limits, evaluations: readonly Evaluation[]): unknown {
  const withoutTexts = evaluations.map(({ calls, ...rest }) => ({
    ...rest,
    calls: calls.map(({ text, ...call }) => (call.isError ? { ...call, text } : call)),
  }))
  return { model, limits, tasks: withoutTexts }
}

const settings = settingsOrUsage()
if (settings) await main(settings)
