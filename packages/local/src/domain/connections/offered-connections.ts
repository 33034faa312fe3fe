import type { Kysely } from 'kysely'
import type { Schema } from '../../storage/schema.js'
import { WORKSPACE } from '../environments/realm.js'
import { connectionData } from './connection-data.js'

/** A connection that anybody may sign in through, as the sign-in page shows it. */
export interface OfferedConnection {
  id: string
  title: string
}

const NAMES: Readonly<Record<string, string>> = {
  ...{ GOOGLE: 'Google', MICROSOFT: 'Microsoft', GITHUB: 'GitHub', GITLAB: 'GitLab' },
  ...{ LINKEDIN: 'LinkedIn', SALESFORCE: 'Salesforce', IDP_SIMULATOR: 'the identity provider simulator' },
}

/** The social connections of an environment: those that are enabled and no organization's. */
export async function offeredConnections(db: Kysely<Schema>, realm: string): Promise<OfferedConnection[]> {
  if (realm === WORKSPACE) return []
  const rows = await db
    .selectFrom('connections')
    .selectAll()
    .where('environment_id', '=', realm)
    .where('organization_id', 'is', null)
    .where('enabled', '=', 1)
    .where('type', 'in', ['OAUTH', 'OIDC'])
    .orderBy('id')
    .execute()
  return rows.flatMap((row) => {
    const { is_app, ui_button_title, provider_key } = connectionData(row)
    if (is_app) return []
    const name = NAMES[row.provider] ?? NAMES[provider_key] ?? row.key_id
    return [{ id: row.id, title: ui_button_title || `Continue with ${name}` }]
  })
}
