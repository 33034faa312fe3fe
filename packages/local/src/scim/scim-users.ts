import { DirectoryUserData } from '../domain/directories/directory-data.js'
import type { DirectoryEntryRow, DirectoryRow } from '../storage/registry-schema.js'
import { type DirectoryChange, userEvent } from './directory-event.js'
import { ScimError } from './scim-error.js'
import { listResponse } from './scim-list.js'
import type { ScimResources } from './scim-resources.js'
import { type EntryParts, inDirectory, type ScimStore } from './scim-store.js'
import { readUser, showUser } from './scim-user.js'

type Tell = (row: DirectoryEntryRow, change: DirectoryChange) => void

/** The users of a directory. */
export function scimUsers(parts: EntryParts, directory: DirectoryRow, base: string): ScimResources {
  const show = (row: DirectoryEntryRow) => showUser(row, `${base}/Users/${row.id}`)
  const run = <T>(work: (users: ScimStore, tell: Tell) => Promise<T>) =>
    inDirectory(parts, directory, (users, _groups, note) =>
      work(users, (row, change) => note(userEvent(directory, row, change))),
    )
  return {
    list: (query) =>
      run(async (users) =>
        listResponse(query, (await users.list()).map(show), ['userName', 'externalId', 'id']),
      ),

    create: (body) =>
      run(async (users, tell) => {
        const { userName, externalId, data } = readUser(body)
        await refuseTakenName(users, userName)
        const row = await users.create(externalId, data)
        tell(row, 'created')
        return show(row)
      }),

    get: (id) => run(async (users) => show(await users.find(id))),

    change: (id, next) =>
      run(async (users, tell) => {
        const row = await users.find(id)
        const { detail, groups } = DirectoryUserData.parse(JSON.parse(row.data))
        const { userName, externalId, data } = readUser(next(detail))
        await refuseTakenName(users, userName, id)
        const changed = await users.update(row, externalId, { ...data, groups })
        tell(changed, 'updated')
        return show(changed)
      }),

    remove: (id) =>
      run(async (users, tell) => {
        const row = await users.find(id)
        await users.remove(id)
        tell(row, 'deleted')
      }),
  }
}

/** RFC 7643, section 4.1.1: a userName is unique, without regard to case. */
async function refuseTakenName(users: ScimStore, userName: string, own?: string): Promise<void> {
  const taken = (await users.list()).find(({ id, data }) => {
    const { preferred_username } = DirectoryUserData.parse(JSON.parse(data))
    return id !== own && preferred_username.toLowerCase() === userName.toLowerCase()
  })
  if (taken !== undefined) throw new ScimError(409, `${taken.id} has this userName.`, 'uniqueness')
}
