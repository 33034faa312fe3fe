import { Secret } from '@scalekit-mcp/auth'
import { expect, test } from 'vitest'
import { createLog } from '../src/observe/log.js'

test('a log line never holds a secret, by its name or by its type', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => void lines.push(line) })
  log.info(
    {
      token: 'value-1',
      request: { authorization: 'value-2', path: '/mcp', client_secret: 'value-3' },
      made: new Secret('value-4'),
      err: Object.assign(new Error('no'), { request: { token: 'value-5' } }),
    },
    'x',
  )
  expect(lines.join('')).not.toMatch(/value-\d/)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    token: '[redacted]',
    request: { authorization: '[redacted]', path: '/mcp', client_secret: '[redacted]' },
    err: { message: 'no' },
  })
})
