import { newId } from '../../storage/ids.js'
import type { ChangeRow } from '../../storage/registry-schema.js'
import type { DataStore } from '../store.js'

export interface Change extends Pick<ChangeRow, 'method' | 'caller'> {
  readonly environment: string
  /** The ids and names that it is about. */
  readonly about: Iterable<string>
}

/** Remembers that a call of the API has changed something. */
export async function noteChange(
  { database, clock }: DataStore,
  { environment, method, caller, about }: Change,
): Promise<void> {
  await database.db
    .insertInto('changes')
    .values({
      ...{ id: newId('chg'), environment_id: environment, method, caller },
      about: JSON.stringify([...about]),
      created_at: clock.now(),
    })
    .execute()
}
