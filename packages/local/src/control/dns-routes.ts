import { json, Router } from 'express'
import { z } from 'zod'
import { describeProblems } from '../domain/describe-problems.js'
import type { DnsRecords } from '../domain/domains/dns-records.js'
import { LocalError } from '../storage/local-error.js'

const RecordRequest = z.strictObject({
  name: z
    .string()
    .regex(/^([\w-]{1,63}\.)+[\w-]{1,63}\.?$/, 'the name of a record, such as _scalekit-….acme.example')
    .max(254),
  value: z.string().min(1).max(255).describe('The text of the record.'),
})

/** The TXT records that are published on this machine, where verification of domains looks before the DNS. */
export function dnsRoutes(dns: DnsRecords): Router {
  const router = Router()
  router.post('/', json(), async (request, response) => {
    const parsed = RecordRequest.safeParse(request.body ?? {})
    if (!parsed.success) throw new LocalError('request_invalid', describeProblems(parsed.error))
    await dns.publish(parsed.data)
    response.json({ status: 'published' })
  })
  router.get('/', async (_request, response) => {
    response.json({ records: await dns.list() })
  })
  router.delete('/:name', async (request, response) => {
    const { name } = request.params
    if (!(await dns.remove(name))) throw new LocalError('not_found', `There is no record of ${name}.`)
    response.json({ status: 'deleted' })
  })
  return router
}
