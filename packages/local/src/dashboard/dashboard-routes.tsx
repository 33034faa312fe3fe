import { type Request, type Response, Router } from 'express'
import { WORKSPACE } from '../domain/environments/realm.js'
import { DataTable, type DataTableView } from '../http/page/data-table.js'
import { sendPage } from '../http/page/send-page.js'
import { type Activity, activityRoutes } from './activity-routes.js'
import { type DashboardFrame, DashboardPage } from './dashboard-page.js'
import { OverviewPage } from './overview-page.js'
import { membersTable, organizationsTable, rolesTable, usersTable } from './people-tables.js'
import { readOverview } from './read-overview.js'
import { clientsTable, connectionsTable, directoriesTable, mcpServersTable } from './registry-tables.js'

export type Dashboard = Omit<Activity, 'frame'>

/** What is here, to look at, and what happens here. */
export function dashboardRoutes({ context, ...activity }: Dashboard): Router {
  const { database, clock, baseUrl } = context
  const { db } = database
  const router = Router()

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

  router.use(activityRoutes({ ...activity, context, frame }))

  router.get('/dashboard/:environment', async (request, response, next) => {
    const id = request.params.environment
    const found = await db.selectFrom('environments').selectAll().where('id', '=', id).executeTakeFirst()
    if (found === undefined) return next()
    await showTables(request, response, found.display_name, [
      await organizationsTable(db, id),
      await usersTable(db, id),
      await rolesTable(db, id),
      await connectionsTable(db, id),
      await directoriesTable(db, id),
      await mcpServersTable(db, id),
      await clientsTable(db, id),
    ])
  })
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
