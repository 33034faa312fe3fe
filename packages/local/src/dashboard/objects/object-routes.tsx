import {
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
  Router,
  urlencoded,
} from 'express'
import { changesAbout, eventsAbout } from '../../domain/events/history.js'
import type { Store } from '../../domain/store.js'
import { ErrorPage } from '../../http/page/message-pages.js'
import { refuseForm } from '../../http/page/refuse-form.js'
import { sendPage } from '../../http/page/send-page.js'
import { codeForObject } from '../code/code-for-object.js'
import { type Answer, asObject, at, type DashboardApi, type Json, textAt } from '../dashboard-api.js'
import { formToken, isOurForm } from '../dashboard-form.js'
import type { DashboardFrame } from '../dashboard-page.js'
import { childrenOf, KINDS } from '../kinds/all-kinds.js'
import { type Ids, type Kind, listPath, listPattern, type Operation, objectPath } from '../kinds/kind.js'
import { buildMessage } from './build-message.js'
import { DetailPage } from './detail-page.js'
import { FormPage, type FormView } from './form-page.js'
import { initialTexts, submittedTexts, type Texts, textsOf } from './form-values.js'
import { EnvironmentPage, ListPage } from './list-page.js'
import type { Crumb, ObjectFrame } from './object-frame.js'
import { linksOf } from './object-links.js'
import { answered, createReader, UnreadableObject } from './read-objects.js'
import { type Revealed, RevealPage } from './reveal-page.js'

const PAGE_SIZE = 25
const SECTION_SIZE = 10
const HISTORY_SHOWN = 20

export interface ObjectPages {
  context: Store
  api: DashboardApi
  frame(request: Request, title: string): Promise<DashboardFrame>
}

type Handler = (request: Request, response: Response, ids: Ids) => Promise<void>

/** The pages of everything that can be created, changed and deleted by hand, from the declarations of its kinds. */
export function objectRoutes({ context, api, frame }: ObjectPages): Router {
  const { database, baseUrl } = context
  const reader = createReader(api)
  const router = Router()
  const form = urlencoded({ extended: false, limit: '64kb' })

  router.get('/dashboard/:environment', inEnvironment(showEnvironment))
  for (const kind of KINDS) {
    const list = listPattern(kind)
    const object = `${list}/:${kind.param}`
    router.get(list, inEnvironment(showList(kind)))
    for (const operation of kind.creates) {
      const path = `${list}/-/${operation.name}`
      router.get(path, inEnvironment(showForm(kind, operation, false)))
      router.post(path, form, inEnvironment(submit(kind, operation, false)))
    }
    router.get(object, inEnvironment(showObject(kind)))
    for (const operation of kind.operations) {
      const path = `${object}/${operation.name}`
      router.get(path, inEnvironment(showForm(kind, operation, true)))
      router.post(path, form, inEnvironment(submit(kind, operation, true)))
    }
  }
  router.use(showUnreadable)
  return router

  function inEnvironment(handler: Handler): RequestHandler {
    return async (request, response, next) => {
      const ids = request.params as Record<string, string>
      const { environment = '' } = ids
      const row = await database.db
        .selectFrom('environments')
        .select('id')
        .where('id', '=', environment)
        .executeTakeFirst()
      if (row === undefined) return next()
      await handler(request, response, ids)
    }
  }

  async function showEnvironment(request: Request, response: Response, ids: Ids): Promise<void> {
    const views = []
    for (const kind of childrenOf(undefined)) views.push(await reader.list(kind, ids, SECTION_SIZE))
    const { environments } = await frame(request, '')
    const name = environments.find(({ id }) => id === ids.environment)?.display_name ?? ''
    sendPage(response, <EnvironmentPage {...(await objectFrame(request, name, []))} views={views} />, {
      script: true,
    })
  }

  function showList(kind: Kind): Handler {
    return async (request, response, ids) => {
      const { page } = request.query
      const view = await reader.list(kind, ids, PAGE_SIZE, typeof page === 'string' ? page : undefined)
      const crumbs = await crumbsTo(kind.parent, ids)
      sendPage(response, <ListPage {...(await objectFrame(request, kind.many, crumbs))} view={view} />, {
        script: true,
      })
    }
  }

  function showObject(kind: Kind): Handler {
    return async (request, response, ids) => {
      const object = await reader.find(kind, ids)
      const id = kind.idOf(object)
      const below = []
      for (const child of childrenOf(kind)) below.push(await reader.list(child, ids, SECTION_SIZE))
      const { before } = request.query
      const view = {
        ...{ kind, ids, object, below },
        code: await codeForObject(api, baseUrl, kind, ids, object),
        json: JSON.stringify(object, null, 2),
        links: await linksOf(database.db, kind, ids, object, baseUrl),
        history: await eventsAbout(database.db, ids.environment ?? '', id, {
          size: HISTORY_SHOWN,
          before: typeof before === 'string' ? before : undefined,
        }),
        changes: await changesAbout(database.db, ids.environment ?? '', id, HISTORY_SHOWN),
      }
      const crumbs = [...(await crumbsTo(kind.parent, ids)), { href: listPath(kind, ids), name: kind.many }]
      const page = await objectFrame(request, kind.titleOf(object) || id, crumbs)
      sendPage(response, <DetailPage {...page} {...view} />, { script: true })
    }
  }

  function showForm(kind: Kind, operation: Operation, existing: boolean): Handler {
    return async (request, response, ids) => {
      const { object, shown } = await aboutOf(kind, operation, ids, existing)
      const fields = operation.fields(object)
      const texts = existing ? textsOf(fields, shown, ids) : initialTexts(fields)
      const csrf = formToken(request, response)
      const view = await formView(request, { kind, operation, ids, object, texts, existing })
      sendPage(response, <FormPage {...view} csrf={csrf} />, { script: true })
    }
  }

  function submit(kind: Kind, operation: Operation, existing: boolean): Handler {
    return async (request, response, ids) => {
      if (!isOurForm(request)) return refuseForm(response)
      const { object, shown } = await aboutOf(kind, operation, ids, existing)
      const texts = submittedTexts(operation.fields(object), request.body)
      const built = buildMessage(operation, ids, object, shown, texts)
      if ('message' in built && built.unchanged) return response.redirect(303, objectPath(kind, ids))
      const answer: Answer =
        'problems' in built
          ? {
              refusal: {
                code: 'INVALID_ARGUMENT',
                message: sentence(built.problems),
                fields: built.problems,
              },
            }
          : await api.call(ids.environment ?? '', operation.method, built.message)
      if ('refusal' in answer) {
        const csrf = formToken(request, response)
        const view = await formView(request, { kind, operation, ids, object, texts, existing })
        sendPage(response, <FormPage {...view} csrf={csrf} refused={answer.refusal} />, {
          script: true,
          status: answer.refusal.code === 'UNAVAILABLE' ? 503 : 422,
        })
        return
      }
      const next = nextPath(kind, operation, ids, answer.answer, existing)
      if (operation.reveals === undefined) return response.redirect(303, next)
      const revealed = operation.reveals.map(({ label, path, link = false }): Revealed => {
        const value = textAt(answer.answer, path)
        return { label, value, link: link && /^https?:/.test(value) }
      })
      const crumbs = await crumbsTo(kind.parent, ids)
      const page = await objectFrame(request, operation.label, crumbs)
      sendPage(response, <RevealPage {...page} revealed={revealed} next={next} />, { script: true })
    }
  }

  /** The object of an operation, and what its form shows of it. */
  async function aboutOf(kind: Kind, operation: Operation, ids: Ids, existing: boolean) {
    const object = existing ? await reader.find(kind, ids) : {}
    const { reads } = operation
    if (reads === undefined) return { object, shown: object }
    const answer = answered(await api.call(ids.environment ?? '', reads.method, reads.message(ids)))
    return { object, shown: asObject(answer[reads.object]) }
  }

  interface FormParts {
    kind: Kind
    operation: Operation
    ids: Ids
    object: Json
    texts: Texts
    existing: boolean
  }

  async function formView(
    request: Request,
    { kind, operation, ids, object, texts, existing }: FormParts,
  ): Promise<Omit<FormView, 'csrf'>> {
    const fields = await reader.offer(operation.fields(object), ids)
    const crumbs = [...(await crumbsTo(kind.parent, ids)), { href: listPath(kind, ids), name: kind.many }]
    const back = existing ? objectPath(kind, ids) : listPath(kind, ids)
    if (existing) crumbs.push({ href: back, name: kind.titleOf(object) || kind.idOf(object) })
    const about = existing && operation.danger ? `: ${kind.titleOf(object) || kind.idOf(object)}` : ''
    const page = await objectFrame(request, operation.label + about, crumbs)
    return { ...page, operation, fields, texts, back }
  }

  async function crumbsTo(kind: Kind | undefined, ids: Ids): Promise<Crumb[]> {
    if (kind === undefined) {
      const { environment = '' } = ids
      const row = await database.db
        .selectFrom('environments')
        .select('display_name')
        .where('id', '=', environment)
        .executeTakeFirst()
      return [{ href: `/dashboard/${environment}`, name: row?.display_name ?? environment }]
    }
    const object = await reader.find(kind, ids)
    return [
      ...(await crumbsTo(kind.parent, ids)),
      { href: listPath(kind, ids), name: kind.many },
      { href: objectPath(kind, ids), name: kind.titleOf(object) },
    ]
  }

  async function objectFrame(
    request: Request,
    title: string,
    crumbs: readonly Crumb[],
  ): Promise<ObjectFrame> {
    return { ...(await frame(request, title)), crumbs }
  }

  async function showUnreadable(error: unknown, _request: Request, response: Response, next: NextFunction) {
    if (!(error instanceof UnreadableObject)) return next(error)
    const { code, message } = error.refusal
    const missing = ['NOT_FOUND', 'INVALID_ARGUMENT'].includes(code)
    if (code === 'UNAVAILABLE') response.set('Retry-After', '1')
    const page = (
      <ErrorPage
        title={missing ? 'There is no such page' : 'This page cannot be shown'}
        explanation={message}
        next="Go back to the dashboard and open it from there."
        code={code}
      />
    )
    sendPage(response, page, { status: missing ? 404 : code === 'UNAVAILABLE' ? 503 : 500 })
  }
}

/** Where to go afterwards: to the new object, back to the changed one, or to the list of the deleted one. */
function nextPath(kind: Kind, operation: Operation, ids: Ids, answer: Json, existing: boolean): string {
  if (operation.name === 'delete') return listPath(kind, ids)
  // The name that is the id of some kinds may have been changed.
  const answered = asObject(at(answer, kind.get?.object ?? kind.one))
  const id = kind.idOf(answered) || kind.idOf(answer)
  if (id !== '') return objectPath(kind, { ...ids, [kind.param]: id })
  return existing ? objectPath(kind, ids) : listPath(kind, ids)
}

function sentence(problems: readonly { field: string; description: string }[]): string {
  return problems.map(({ field, description }) => `${field}: ${description}`).join('; ')
}
