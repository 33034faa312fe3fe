import { type NextFunction, type Request, type Response, Router } from 'express'
import { WORKSPACE } from '../domain/environments/realm.js'
import { DataTable, type DataTableView } from '../http/page/data-table.js'
import { ErrorPage } from '../http/page/message-pages.js'
import { sendPage } from '../http/page/send-page.js'
import { type Activity, activityRoutes } from './activity-routes.js'
import type { LoadedApi } from './dashboard-api.js'
import { type DashboardFrame, DashboardPage } from './dashboard-page.js'
import { createDashboardApi } from './local-methods.js'
import { objectRoutes } from './objects/object-routes.js'
import { OverviewPage } from './overview-page.js'
import { PAGE_SCRIPT, PAGE_SCRIPT_PATH } from './page-script.js'
import { membersTable } from './people-tables.js'
import { readOverview } from './read-overview.js'
import { clientsTable, mcpServersTable } from './registry-tables.js'
import { search } from './search.js'
import { SearchPage } from './search-page.js'

export interface Dashboard extends Omit<Activity, 'frame'> {
  /** The management API. */
  api(): Promise<LoadedApi>
}

/** What is here, to change by hand, and what happens here. */
export function dashboardRoutes({ context, api, ...activity }: Dashboard): Router {
  const { database, clock, baseUrl } = context
  const { db } = database
  const router = Router()

  router.get('/', async (request, response) => {
    const view = {
      ...(await frame(request, 'Overview')),
      url: baseUrl,
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

  router.use(activityRoutes({ ...activity, context, frame }))

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

  router.use('/dashboard', (_request, response) => {
    const page = (
      <ErrorPage
        title="There is no such page"
        explanation="What it showed was deleted, or its address is misspelled."
        next="Go back to the dashboard and open it from there."
      />
    )
    sendPage(response, page, { status: 404 })
  })

  router.use('/dashboard', (error: unknown, _request: Request, response: Response, next: NextFunction) => {
    const isTooLarge = error instanceof Error && 'type' in error && error.type === 'entity.too.large'
    if (!isTooLarge) return next(error)
    const page = (
      <ErrorPage
        title="This form is too long"
        explanation="Nothing was saved: a form can have 64 KB."
        next="Go back, where what you typed is still there, and shorten it."
      />
    )
    sendPage(response, page, { status: 413 })
  })
  return router

  async function frame({ path }: Request, title: string): Promise<DashboardFrame> {
    const environments = await db
      .selectFrom('environments')
      .select(['id', 'display_name'])
      .orderBy('id')
      .execute()
    return { title, path, environments, now: clock.now() }
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
