import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Call, previewCall } from '../../call/call.js'
import { type CallOptions, callOf, callTool, type Principal } from '../../call/call-tool.js'
import type { Ending } from '../../call/deadline.js'
import { displayText } from '../../call/interaction/display-text.js'
import type { HandOff } from '../../call/interaction/interaction.js'
import type { Outcome, Progress } from '../../call/interaction/outcome.js'
import { ToolError, type ToolErrorCode, toToolError } from '../../errors.js'
import type { Revealed, ToolDefinition } from '../../tool.js'
import { readPerson } from '../../tools/workspace/person.js'
import { askPage, messagePage, type Page, revealedPage } from './page.js'
import { readForm } from './read-form.js'
import { sameText } from './same-text.js'

/** A person who may open a page, and the call that waits there. */
export interface Visit {
  readonly handOff: HandOff
  readonly tool: ToolDefinition
  readonly principal: Principal
  /** How the page names the person. Absent where nobody signs in. */
  readonly signedInAs?: string
  readonly formToken: string
  /** Names this request in the log. */
  readonly requestId: string
  /** The token is no longer accepted. */
  readonly signOut: () => Promise<void>
  readonly decisions: Decisions
}

/** What is being decided in this process, by hand-off: the second click of a double click gets the page of the first. */
export type Decisions = Map<string, { readonly formToken: string; readonly page: Promise<Page> }>

/** How long the page waits for the person's address. */
const PERSON_MS = 2_000

/** A call that a person has begun goes on without the browser. */
const neverGone: Ending = { onGone: () => undefined, offGone: () => undefined }

const requestOf = ({ handOff, tool }: Visit) => ({
  tool,
  arguments: handOff.arguments,
  capabilities: undefined,
  state: undefined,
  responses: undefined,
  ending: neverGone,
  progress: () => undefined,
})

/** What a person sees who opens the page. */
export async function showHandOff(options: CallOptions, visit: Visit, problem?: string): Promise<Page> {
  const { handOff, tool, principal, formToken } = visit
  const progress = await options.handOffs.progress(handOff.id)
  if (progress.status !== 'waiting') return endedPage(progress, tool)
  const call = callOf(options, principal, requestOf(visit))
  try {
    const [question, address] = await Promise.all([previewCall(call), addressOf(call, visit)])
    return askPage({
      tool,
      question,
      clientId: handOff.clientId,
      signedInAs: address ?? visit.signedInAs,
      formToken,
      ...(problem === undefined ? {} : { problem }),
    })
  } catch (cause) {
    return impossiblePage(options, visit, toToolError(cause))
  }
}

/** The e-mail address of a person whose token has only the subject, where the API tells it. */
async function addressOf(
  { caller, connection, scalekit }: Call,
  { signedInAs }: Visit,
): Promise<string | undefined> {
  if (signedInAs !== displayText(caller.subject)) return undefined
  const signal = AbortSignal.timeout(PERSON_MS)
  const person = await readPerson({ caller, connection, scalekit: scalekit(signal) }).catch(() => undefined)
  return person && displayText(person.email)
}

/** The call cannot be made now. Where it never can, the agent is told. */
async function impossiblePage({ handOffs }: CallOptions, visit: Visit, error: CallError): Promise<Page> {
  const { id } = visit.handOff
  const { code, message, nextStep } = error
  if (code === 'invalid_token') {
    await visit.signOut()
    return signInAgainPage(id)
  }
  if (!permanent.has(code)) {
    return messagePage(503, 'Try again', `${sentence(message)} Nothing was changed. Open this page again.`, {
      href: id,
      label: 'Open the page again',
    })
  }
  if (await handOffs.claim(id))
    await handOffs.settle(id, { status: 'failed', error: { code, message, nextStep } })
  return messagePage(409, 'Not done', `${sentence(message)} Nothing was changed. Your agent is told.`)
}

/** What no second try changes. */
const permanent: ReadonlySet<ToolErrorCode> = new Set([
  'invalid_arguments',
  'not_found',
  'already_exists',
  'precondition_failed',
  'permission_denied',
  'insufficient_scope',
  'tool_not_available',
  'environment_not_available',
])

/** What the person decides by sending the form: then the call is made, here. */
export async function decideHandOff(
  options: CallOptions,
  visit: Visit,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<Page> {
  const { handOff, tool, formToken, decisions } = visit
  const form = await readForm(req, res)
  const decision = form?.get('decision') ?? ''
  if (!form || !sameText(form.get('token') ?? '', formToken) || !/^(confirm|decline)$/.test(decision)) {
    return messagePage(403, 'Open the page again', 'This form is not from the page that you opened.', {
      href: handOff.id,
      label: 'Open the page',
    })
  }
  const running = decisions.get(handOff.id)
  if (running) {
    return sameText(running.formToken, formToken) ? running.page : endedPage({ status: 'running' }, tool)
  }
  const page = carryOut(options, visit, form).finally(() => decisions.delete(handOff.id))
  decisions.set(handOff.id, { formToken, page })
  return page
}

async function carryOut(options: CallOptions, visit: Visit, form: URLSearchParams): Promise<Page> {
  const { handOffs } = options
  const { handOff, tool, principal, requestId } = visit
  const settle = (outcome: Outcome) =>
    handOffs.settle(handOff.id, outcome).catch((cause: unknown) => principal.note({ err: cause }))

  const progress = await handOffs.progress(handOff.id)
  if (progress.status !== 'waiting') return endedPage(progress, tool)
  if (form.get('decision') === 'decline') {
    if (await handOffs.claim(handOff.id)) await settle({ status: 'declined' })
    return endedPage(await handOffs.progress(handOff.id), tool)
  }

  const revealed: Revealed[] = []
  let claimed = false
  const result = await callTool(options, principal, {
    ...requestOf(visit),
    atPage: {
      owner: { ...handOff.owner, clientId: handOff.clientId },
      digest: form.get('digest') ?? '',
      typed: form.get('name') ?? '',
      async claim() {
        claimed = await handOffs.claim(handOff.id)
        if (!claimed) throw new ToolError('confirmation_declined', 'This call was made or declined already.')
      },
      reveal: (values) => void revealed.push(...values),
    },
  })
  const { structuredContent, isError } = result as {
    structuredContent?: Record<string, unknown>
    isError?: boolean
  }
  if (isError) {
    const error = errorOf(result)
    if (error.code === 'invalid_token') {
      // Scalekit refused the request itself, so nothing was done.
      if (claimed) await handOffs.release(handOff.id)
      await visit.signOut()
      return signInAgainPage(handOff.id)
    }
    if (!claimed) return unclaimedPage(options, visit, error)
    await settle({ status: 'failed', error })
    return failedPage(error)
  }
  const output = structuredContent ?? {}
  const at = new Date().toISOString()
  await settle({ status: 'done', output, requestId, at })
  if (revealed.length === 0) return endedPage({ status: 'done', output, requestId, at }, tool)
  // Of the two answers to a double click the browser takes one.
  let received: boolean | undefined
  return {
    ...revealedPage(tool, revealed),
    closed: (wasSent) => {
      const wasSaid = received ?? true
      received = received === true || wasSent
      if (received === wasSaid) return
      handOffs
        .correct(handOff.id, { status: 'done', output: { ...output, handedOver: received }, requestId, at })
        .catch((cause: unknown) => principal.note({ err: cause }))
    },
  }
}

interface CallError {
  readonly code: ToolErrorCode
  readonly message: string
  readonly nextStep: string
}

/** A result that is an error, as `renderError` writes it. */
function errorOf(result: unknown): CallError {
  const { content } = result as { content: readonly { text: string }[] }
  return JSON.parse(content[0]?.text ?? '').error
}

/** Nothing was done for this form. What was typed may be corrected; or another form was sent first. */
async function unclaimedPage(options: CallOptions, visit: Visit, error: CallError): Promise<Page> {
  const progress = await options.handOffs.progress(visit.handOff.id)
  if (progress.status !== 'waiting') return endedPage(progress, visit.tool)
  return error.code === 'confirmation_mismatch'
    ? showHandOff(options, visit, `${error.message} Look again.`)
    : impossiblePage(options, visit, error)
}

/** The call was made, and failed: it may have had an effect. */
function failedPage({ message }: Pick<CallError, 'message'>): Page {
  const what = 'Your agent is told. Let it check what happened before you try again.'
  return messagePage(409, 'Failed', `${sentence(message)} ${what}`)
}

function signInAgainPage(id: string): Page {
  const message = 'Scalekit no longer accepts this sign-in. Nothing was changed.'
  return messagePage(401, 'Sign in again', message, { href: id, label: 'Sign in' })
}

const sentence = (message: string) => `${message.replace(/\.$/, '')}.`

function endedPage(progress: Progress, { reveals }: ToolDefinition): Page {
  switch (progress.status) {
    case 'done':
      return reveals
        ? messagePage(
            200,
            'Done',
            `The ${reveals.kind} was shown once, on the page where it was created. If nobody has it, ask your agent to create another.`,
          )
        : messagePage(200, 'Done', 'Go back to your agent: it gets the result.')
    case 'declined':
      return messagePage(200, 'Declined', 'Nothing was changed. Your agent is told.')
    case 'failed':
      return failedPage(progress.error)
    default:
      return messagePage(
        200,
        'In progress',
        reveals
          ? `The call is being made. The ${reveals.kind} is shown once, on the page where you confirmed the call.`
          : 'The call is being made. Your agent gets the result.',
      )
  }
}
