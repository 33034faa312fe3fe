import { DirectoryUserData } from '../domain/directories/directory-data.js'
import { userEvent } from '../domain/directories/directory-event.js'
import { isActive } from '../domain/directories/provision-directory-user.js'
import type { DirectoryEntryRow, DirectoryRow } from '../storage/registry-schema.js'
import { ScimError } from './scim-error.js'
import { listResponse } from './scim-list.js'
import { fromBody } from './scim-patch.js'
import type { ScimResources } from './scim-resources.js'
import { USERS } from './scim-schema.js'
import { type DirectoryWork, type EntryParts, inDirectory, type ScimStore } from './scim-store.js'
import { readUser, showUser } from './scim-user.js'

/** The users of a directory. */
export function scimUsers(parts: EntryParts, directory: DirectoryRow, base: string): ScimResources {
  const run = <T>(work: (work: DirectoryWork) => Promise<T>) => inDirectory(parts, directory, work)
  const show = async (row: DirectoryEntryRow, groups: ScimStore) => showUser(row, await groups.list(), base)
  return {
    type: USERS,

    list: (query, project) =>
      run(async ({ users, groups }) => {
        const all = await groups.list()
        const shown = (await users.list()).map((row) => showUser(row, all, base))
        return listResponse(USERS, query, shown, project)
      }),

    create: (body) =>
      run(async ({ users, groups, ...work }) => {
        const { userName, externalId, data } = readUser(fromBody(USERS, body))
        await refuseTakenName(users, userName)
        const row = await users.create(externalId, data)
        work.note(userEvent(work.directory, row, 'created', []))
        return show(row, groups)
      }),

    get: (id) => run(async ({ users, groups }) => show(await users.find(id), groups)),

    change: (id, next) =>
      run(async ({ users, groups, ...work }) => {
        const row = await users.find(id)
        const before = DirectoryUserData.parse(JSON.parse(row.data))
        const { userName, externalId, data } = readUser(next(before.detail))
        await refuseTakenName(users, userName, id)
        const changed = await users.update(row, externalId, { ...data, groups: before.groups })
        work.note(userEvent(work.directory, changed, 'updated', await groups.list()))
        // Applications remove whoever is deleted, and a deactivated user is that for them.
        if (isActive(before) && !isActive(data)) work.note(userEvent(work.directory, changed, 'deleted', []))
        return show(changed, groups)
      }),

    remove: (id) =>
      run(async ({ users, ...work }) => {
        const row = await users.find(id)
        await users.remove(id)
        work.note(userEvent(work.directory, row, 'deleted', []))
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
