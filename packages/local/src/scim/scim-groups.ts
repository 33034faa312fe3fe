import { DirectoryGroupData } from '../domain/directories/directory-data.js'
import { groupEvent, userEvent } from '../domain/directories/directory-event.js'
import { forgetGroup } from '../domain/directories/role-assignments.js'
import type { DirectoryEntryRow, DirectoryRow } from '../storage/registry-schema.js'
import { readGroup, setMembers, showGroup } from './scim-group.js'
import { listResponse } from './scim-list.js'
import { fromBody } from './scim-patch.js'
import type { ScimResources } from './scim-resources.js'
import { GROUPS } from './scim-schema.js'
import { type DirectoryWork, type EntryParts, inDirectory, type ScimStore } from './scim-store.js'

/** The groups of a directory. Who is in a group is kept with the users. */
export function scimGroups(parts: EntryParts, directory: DirectoryRow, base: string): ScimResources {
  const show = async (row: DirectoryEntryRow, users: ScimStore) => showGroup(row, await users.list(), base)
  const run = <T>(work: (work: DirectoryWork) => Promise<T>) => inDirectory(parts, directory, work)
  return {
    type: GROUPS,

    list: (query, project) =>
      run(async ({ users, groups }) => {
        const everybody = await users.list()
        const shown = (await groups.list()).map((row) => showGroup(row, everybody, base))
        return listResponse(GROUPS, query, shown, project)
      }),

    create: (body) =>
      run(async ({ users, groups, note }) => {
        const { externalId, data, members } = readGroup(fromBody(GROUPS, body))
        const row = await groups.create(externalId, data)
        await setMembers(users, row.id, members)
        note(groupEvent(directory, row, 'created'))
        return show(row, users)
      }),

    get: (id) => run(async ({ users, groups }) => show(await groups.find(id), users)),

    change: (id, next) =>
      run(async ({ users, groups, note }) => {
        const row = await groups.find(id)
        const { members: present } = await show(row, users)
        const { detail } = DirectoryGroupData.parse(JSON.parse(row.data))
        const { externalId, data, members } = readGroup(
          next({ ...detail, ...(present.length > 0 && { members: present }) }),
        )
        const changed = await groups.update(row, externalId, data)
        await setMembers(users, id, members)
        note(groupEvent(directory, changed, 'updated'))
        return show(changed, users)
      }),

    remove: (id) =>
      run(async ({ db, users, groups, note, ...work }) => {
        const row = await groups.find(id)
        const members = await setMembers(users, id, [])
        await forgetGroup(db, parts.clock, work.directory, id)
        await groups.remove(id)
        note(groupEvent(work.directory, row, 'deleted'))
        const left = await groups.list()
        for (const member of members) note(userEvent(work.directory, member, 'updated', left))
      }),
  }
}
