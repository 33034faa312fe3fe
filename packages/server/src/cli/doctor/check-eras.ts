import { type Answer, ask, NoAnswer } from './ask.js'
import { refusedPerson } from './check-administrator.js'
import { type Finding, failed, notChecked, ok } from './finding.js'
import { type Era, message } from './message.js'
import type { Walk } from './walk.js'

interface Tool {
  readonly name: string
  readonly inputSchema?: { readonly required?: readonly string[] }
  readonly annotations?: { readonly readOnlyHint?: boolean }
}

/** Lists and calls tools with the two revisions of MCP that clients use. */
export async function checkEras(walk: Walk): Promise<Finding[]> {
  if (walk.token === undefined || walk.refusedPerson) return []
  const modern = await checkEra(walk, 'modern', '2026-07-28')
  return walk.refusedPerson ? [modern] : [modern, await checkEra(walk, 'legacy', '2025-11-25')]
}

async function checkEra(walk: Walk, check: 'modern' | 'legacy', era: Era): Promise<Finding> {
  const session: Record<string, string> = {}
  const send = async (method: string, params: Readonly<Record<string, unknown>> = {}) => {
    const request = message(era, method, params, walk.token)
    const headers = { ...(request.headers as Record<string, string>), ...session }
    const answer = await ask(walk.url, { ...request, headers })
    const id = answer.headers.get('mcp-session-id')
    if (id) session['mcp-session-id'] = id
    return answer
  }
  try {
    if (check === 'legacy') {
      const begun = await send('initialize')
      if (!resultOf(begun)) return refused(walk, check, 'initialize', begun)
    }
    const list = await send('tools/list')
    const tools = resultOf(list)?.tools
    if (!Array.isArray(tools)) return refused(walk, check, 'tools/list', list)
    return await callOne(walk, check, tools as Tool[], send)
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    return failed(
      check,
      `no answer to a request with a token (${error.code})`,
      'look at the log of the server',
    )
  }
}

/** Calls a tool that only reads and needs no argument. Without one, no call is safe. */
async function callOne(
  walk: Walk,
  check: 'modern' | 'legacy',
  tools: readonly Tool[],
  send: (method: string, params: Readonly<Record<string, unknown>>) => Promise<Answer>,
): Promise<Finding> {
  const tool = tools.find(
    ({ inputSchema, annotations }) => annotations?.readOnlyHint === true && !inputSchema?.required?.length,
  )
  if (!tool) return notChecked(check, `${tools.length} tools, none that can be called without arguments`)
  const answer = await send('tools/call', { name: tool.name, arguments: {} })
  const result = resultOf(answer)
  if (!result || result.isError === true) return refused(walk, check, tool.name, answer)
  return ok(check, `${tools.length} tools, ${tool.name} answered`)
}

function resultOf({ status, json }: Answer): Readonly<Record<string, unknown>> | undefined {
  const result = status === 200 ? json?.result : undefined
  return typeof result === 'object' && result !== null ? (result as Record<string, unknown>) : undefined
}

function refused(walk: Walk, check: 'modern' | 'legacy', what: string, answer: Answer): Finding {
  const person = refusedPerson(walk, answer)
  if (person) return person
  const { status, headers, json } = answer
  const challenge = headers.get('www-authenticate') ?? ''
  const [, reason] = /error_description="([^"]*)"/.exec(challenge) ?? []
  const error = Object(json?.error) as { message?: unknown }
  const said =
    reason ?? [error.message, json?.error_description].find((each) => typeof each === 'string') ?? ''
  const text = `${what} was answered with ${status}${said ? `: ${said.slice(0, 200)}` : ''}`
  if (status === 401)
    return failed(check, text, 'the server does not accept this token: see the lines token and audience')
  if (status === 403) return failed(check, text, 'sign in again and allow the scopes in the challenge')
  return failed(check, text, 'look at the log of the server')
}
