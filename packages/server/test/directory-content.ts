import { changeState } from './local-state.js'
import type { ServerUnderTest } from './server-under-test.js'

export const directoryId = 'dir_100000000000000001'
export const engineers = 'dirgroup_100000000000000001'

/**
 * Lets the directory of the seed have what an identity provider would have sent: the group Engineers, Ana in
 * it, and Ben; and a secret, without which it could not have.
 */
export function fillDirectory(server: ServerUnderTest): Promise<void> {
  return changeState(server, ({ environments: [dev] }) => {
    const directory = dev?.directories.find(({ id }) => id === directoryId)
    if (!dev || !directory) throw new Error('the seed has no directory')
    directory.secrets = [{ id: 'sec_100000000000000001', sha256: '0'.repeat(64), suffix: 'wxyz' }]
    dev.directory_groups.push({
      id: engineers,
      directory: directoryId,
      external_id: 'engineers',
      data: { display_name: 'Engineers' },
    })
    dev.directory_users.push(user(1, 'ana', [engineers]), user(2, 'ben', []))
  })
}

function user(number: number, name: string, groups: readonly string[]) {
  return {
    id: `diruser_10000000000000000${number}`,
    directory: directoryId,
    external_id: name,
    data: { email: `${name}@acme.example`, given_name: name, groups, detail: { note: 'of the customer' } },
  }
}
