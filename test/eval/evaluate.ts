import type { Model, Reply, ToolResult } from './models/model.js'
import { agreeingPerson } from './person.js'
import { type Asking, connect, type Session } from './session.js'
import type { Outcome, Task } from './task.js'
import { startWorld, type World } from './world.js'

export interface Limits {
  /** How often the model may reply. */
  readonly turns: number
  readonly seconds: number
  /** Which tools are offered: the value of `?toolsets=`. */
  readonly toolsets: string
  readonly asking: Asking
}

export interface RecordedCall {
  readonly tool: string
  readonly arguments: Record<string, unknown> | undefined
  readonly isError: boolean
  /** What the tool answered. */
  readonly text: string
}

export interface Evaluation {
  readonly task: string
  readonly done: boolean
  /** What was not true afterwards. */
  readonly missing: readonly string[]
  readonly ended: 'answer' | 'turns' | 'time' | 'error'
  /** Why it ended, for an error. */
  readonly error?: string
  readonly answer: string
  readonly calls: readonly RecordedCall[]
  readonly wrongTurns: number
  readonly tokens: { readonly input: number; readonly output: number }
  readonly seconds: number
}

const ADMINISTRATOR = 'admin@example.com'

/** Lets a model do one task in a local environment of its own, and looks at what is there afterwards. */
export async function evaluate(task: Task, model: Model, limits: Limits): Promise<Evaluation> {
  const world = await startWorld()
  try {
    return await evaluateIn(world, task, model, limits)
  } finally {
    await world.close()
  }
}

/** The same in an environment that is there. */
export async function evaluateIn(
  world: World,
  task: Task,
  model: Model,
  limits: Limits,
): Promise<Evaluation> {
  const email = task.as ?? ADMINISTRATOR
  await task.prepare?.(world)
  const person = agreeingPerson(email)
  const url = `${world.mcpUrl}?toolsets=${limits.toolsets}`
  const session = await connect(url, await world.token(email), person, limits.asking)
  const run = await converse(task, email, model, session, limits)
  await session.close()
  const results = run.calls.map(({ text }) => text)
  const missing = await missingOf(task, { world, person, answer: run.answer, results })
  const wrongTurns = run.calls.filter(({ isError }) => isError).length
  return {
    task: task.name,
    done: run.ended === 'answer' && missing.length === 0,
    missing,
    wrongTurns,
    ...run,
  }
}

/** What is not true afterwards. A state in which a check cannot even be made is one of them. */
async function missingOf(task: Task, outcome: Outcome): Promise<string[]> {
  try {
    const checks = await task.checks(outcome)
    return Object.entries(checks).flatMap(([what, isTrue]) => (isTrue ? [] : [what]))
  } catch (error) {
    return [`it can be checked: ${error}`]
  }
}

type Run = Pick<Evaluation, 'ended' | 'error' | 'answer' | 'calls' | 'tokens' | 'seconds'>

/** Until the model answers without a call, or a limit is reached. */
async function converse(
  task: Task,
  email: string,
  model: Model,
  session: Session,
  limits: Limits,
): Promise<Run> {
  const started = performance.now()
  const signal = AbortSignal.timeout(limits.seconds * 1_000)
  const chat = model.chat({
    system: systemPrompt(email, session.instructions),
    ask: task.ask,
    tools: session.tools,
  })
  const calls: RecordedCall[] = []
  const tokens = { input: 0, output: 0 }
  const end = (ended: Run['ended'], answer = '', error?: string): Run => ({
    ended,
    answer,
    calls,
    tokens,
    seconds: (performance.now() - started) / 1_000,
    ...(error === undefined ? {} : { error }),
  })
  let results: readonly ToolResult[] = []
  try {
    for (let turn = 0; turn < limits.turns; turn++) {
      const reply = await chat.reply(results, signal)
      tokens.input += reply.tokens.input
      tokens.output += reply.tokens.output
      if (reply.calls.length === 0) return end('answer', reply.text)
      results = await perform(reply, session, calls, signal)
    }
    return end('turns')
  } catch (error) {
    return signal.aborted ? end('time') : end('error', '', String(error))
  }
}

/** Runs the calls of a reply one after the other, as most clients do. */
async function perform(
  { calls }: Reply,
  session: Session,
  recorded: RecordedCall[],
  signal: AbortSignal,
): Promise<ToolResult[]> {
  const results: ToolResult[] = []
  for (const { id, name, arguments: args } of calls) {
    const answer = args
      ? await session.call(name, args, signal)
      : { text: 'The arguments are no JSON object.', isError: true }
    recorded.push({ tool: name, arguments: args, ...answer })
    results.push({ id, ...answer })
  }
  return results
}

function systemPrompt(email: string, instructions: string): string {
  return [
    `You help ${email}, who administers Scalekit, and act through tools. Nobody answers questions: decide from what was asked and from what tools return.`,
    'Do all that was asked, then answer in a few sentences with the facts. If something cannot be done, say why and what to do.',
    instructions,
  ].join('\n\n')
}
