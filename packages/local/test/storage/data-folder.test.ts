import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { freePort, runToEnd, startDev, startLocalProgram } from '../../../../test/harness/program.js'
import { createLocalScalekit } from '../../src/index.js'

let data = ''
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'data-folder-'))
})
afterEach(() => rm(data, { recursive: true }))

describe('a data folder in use', () => {
  test('is refused to a second environment, in the same process too', async () => {
    const first = await createLocalScalekit({ data, port: 0 })
    await expect(createLocalScalekit({ data, port: 0 })).rejects.toMatchObject({
      name: 'LocalError',
      code: 'data_in_use',
      message: `The data folder ${data} is in use by process ${process.pid} at ${first.url}. Stop that process, or choose another folder with --data.`,
    })
    await first.close()
    await (await createLocalScalekit({ data, port: 0 })).close()
  })

  test('is refused to a second local and a second dev with 78 and one sentence, and nothing changes for the first', async () => {
    const first = await startDev({ args: ['--data', data] })
    const state = async () => {
      const response = await fetch(`${first.localUrl}/__local/state`, {
        headers: { 'x-scalekit-local': '1' },
      })
      return response.text()
    }
    const before = await state()
    const port = String(await freePort())
    const starting = '  Starting the MCP server and a local Scalekit environment …\n'
    for (const [args, said] of [
      [['local', '--port', '0'], ''],
      [['dev', '--port', port, '--local-port', '0'], starting],
    ] as const) {
      const { code, stdout, stderr } = await runToEnd([...args, '--data', data])
      expect({ code, stdout }).toEqual({ code: 78, stdout: said })
      expect(stderr).toBe(
        `The data folder ${data} is in use by process ${first.process.pid} at ${first.localUrl}. Stop that process, or choose another folder with --data.\n`,
      )
    }
    expect(await state()).toBe(before)
    await first.stop()
  })

  test('is free again when its process was killed', async () => {
    const first = await startLocalProgram(['--data', data])
    await first.stop('SIGKILL')
    const second = await startLocalProgram(['--data', data])
    expect(await second.stop()).toBe(0)
  })

  test('goes to exactly one of several that start at the same moment', async () => {
    const starts = await Promise.allSettled([1, 2, 3].map(() => createLocalScalekit({ data, port: 0 })))
    const started = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
    expect(started).toHaveLength(1)
    await started[0]?.close()
  })
})

// Permissions do not stop root, so these tests use what stops every user: a file in the place of a folder, /sys, and a
// folder or another format in the place of the database.
describe('a start ends with 78 and one sentence with the folder when', () => {
  const refused = async (args: string[], reason: RegExp) => {
    const { code, stdout, stderr } = await runToEnd(['local', '--port', '0', ...args])
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' })
    expect(stderr).toMatch(reason)
    expect(stderr).toMatch(
      / Choose a folder that this user can write to with --data, or keep nothing with --memory\.\n$/,
    )
    expect(stderr.trim().split('\n')).toHaveLength(1)
  }

  test('a file is in the place of the folder', async () => {
    const file = join(data, 'file')
    await writeFile(file, '')
    await refused(['--data', file], new RegExp(`^The data in ${file} cannot be used: EEXIST`))
    await refused(
      ['--data', join(file, 'below')],
      new RegExp(`^The data in ${file}/below cannot be used: ENOTDIR`),
    )
  })

  test.runIf(process.platform === 'linux')('the file system refuses new folders', () =>
    refused(['--data', '/sys/data'], /^The data in \/sys\/data cannot be used: E/),
  )

  test('the database cannot be opened', async () => {
    await mkdir(join(data, 'local.db'))
    await refused(['--data', data], new RegExp(`^The data in ${data}/local.db cannot be used: `))
  })

  test('the database has another format', async () => {
    await writeFile(join(data, 'local.db'), 'This is not a database. '.repeat(100))
    await refused(['--data', data], /local\.db cannot be used: file is not a database/)
  })

  test('the certificate cannot be written', async () => {
    await mkdir(join(data, 'tls', 'cert.pem'), { recursive: true })
    await refused(['--data', data, '--tls'], new RegExp(`^The data in ${data}/tls cannot be used: EISDIR`))
  })
})
