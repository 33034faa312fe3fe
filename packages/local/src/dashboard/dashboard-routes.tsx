import { type Request, type Response, Router, urlencoded } from 'express'
import { WORKSPACE } from '../domain/environments/realm.js'
import type { Store } from '../domain/store.js'
import { csrfToken, spendCsrfToken } from '../http/page/csrf.js'
import { DataTable, type DataTableView } from '../http/page/data-table.js'
import { refuseForm } from '../http/page/refuse-form.js'
import { sendPage } from '../http/page/send-page.js'
import type { RequestLog } from '../http/request-log.js'
import type { LoadedApi } from './dashboard-api.js'
import { type DashboardFrame, DashboardPage } from './dashboard-page.js'
import { createDashboardApi } from './local-methods.js'
import { objectRoutes } from './objects/object-routes.js'
import { OutboxPage } from './outbox-page.js'
import { OverviewPage, ResetPage } from './overview-page.js'
import { PAGE_SCRIPT, PAGE_SCRIPT_PATH } from './page-script.js'
import { membersTable } from './people-tables.js'
import { readOverview } from './read-overview.js'
import { clientsTable, mcpServersTable } from './registry-tables.js'
import { LIVE_PATH, SCRIPT, SCRIPT_PATH } from './request-log-script.js'
import { RequestsPage } from './requests-page.js'
import { search } from './search.js'
import { SearchPage } from './search-page.js'
import { tokensTable } from './tokens-table.js'

export interface Dashboard {
  context: Store
  log: RequestLog
  reset(): Promise<void>
  /** The management API. */
  api(): Promise<LoadedApi>
}

/** What is here, to look at and to change by hand. */
export function dashboardRoutes({ context, log, reset, api }: Dashboard): Router {
  const { database, clock, outbox, baseUrl } = context
  const { db } = database
  const router = Router()
  const form = urlencoded({ extended: false, limit: '4kb' })

  router.get('/', async (request, response) => {
    const now = new Date(clock.now()).toISOString()
    const view = {
      ...(await frame(request, 'Overview')),
      url: baseUrl,
      now,
      summaries: await readOverview(db),
    }
    sendPage(response, <OverviewPage {...view} />)
  })

  router.get('/dashboard/workspace', async (request, response) => {
    await showTables(request, response, 'Workspace', [
      await membersTable(db),
      await mcpServersTable(db, WORKSPACE),
      await clientsTable(db, WORKSPACE),
    ])
  })

  router.get('/dashboard/tokens', async (request, response) => {
    await showTables(request, response, 'Tokens', [await tokensTable(db, clock)])
  })

  router.get('/dashboard/requests', async (request, response) => {
    const view = { ...(await frame(request, 'Requests')), requests: log.list() }
    sendPage(response, <RequestsPage {...view} />, { script: true })
  })

  router.get(LIVE_PATH, (_request, response) => {
    response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.set('X-Content-Type-Options', 'nosniff').flushHeaders()
    const stop = log.watch((entry) => response.write(`data: ${JSON.stringify(entry)}\n\n`))
    response.on('close', stop)
  })

  router.get(SCRIPT_PATH, (_request, response) => {
    response.type('js').set('X-Content-Type-Options', 'nosniff').send(SCRIPT)
  })

  router.get('/dashboard/outbox', async (request, response) => {
    const view = { ...(await frame(request, 'Outbox')), messages: await outbox.list() }
    sendPage(response, <OutboxPage {...view} csrf={csrfToken(request, response)} />)
  })

  router.post('/dashboard/outbox', form, async (request, response) => {
    if (!spendCsrfToken(request, response, request.body?.csrf)) return refuseForm(response)
    await outbox.clear()
    response.redirect(303, '/dashboard/outbox')
  })

  router.get('/dashboard/reset', async (request, response) => {
    sendPage(response, <ResetPage {...(await frame(request, 'Reset'))} csrf={csrfToken(request, response)} />)
  })

  router.post('/dashboard/reset', form, async (request, response) => {
    if (!spendCsrfToken(request, response, request.body?.csrf)) return refuseForm(response)
    await reset()
    response.redirect(303, '/')
  })

  router.get('/dashboard/search', async (request, response) => {
    const query = String(request.query.q ?? '')
      .trim()
      .slice(0, 100)
    const found = query === '' ? { rows: [], more: false } : await search(context, query)
    const view = { ...(await frame(request, 'Search')), query, ...found }
    sendPage(response, <SearchPage {...view} />, { script: true })
  })

  router.get(PAGE_SCRIPT_PATH, (_request, response) => {
    response.type('js').set('X-Content-Type-Options', 'nosniff').send(PAGE_SCRIPT)
  })

  router.use(objectRoutes({ context, api: createDashboardApi(api, context), frame }))
  return router

  async function frame({ path }: Request, title: string): Promise<DashboardFrame> {
    const environments = await db
      .selectFrom('environments')
      .select(['id', 'display_name'])
      .orderBy('id')
      .execute()
    return { title, path, environments }
  }

  async function showTables(request: Request, response: Response, title: string, tables: DataTableView[]) {
    const view = await frame(request, title)
    sendPage(
      response,
      <DashboardPage {...view}>
        {tables.map((table) => (
          <DataTable {...table} />
        ))}
      </DashboardPage>,
    )
  }
}
