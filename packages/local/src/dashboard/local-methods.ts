import { DomainError, notFound } from '../domain/domain-error.js'
import { addInterceptor, changeInterceptor } from '../domain/events/interceptor-changes.js'
import { addWebhookEndpoint, changeWebhookEndpoint } from '../domain/events/webhook-changes.js'
import type { Store } from '../domain/store.js'
import { type DashboardApi, type Json, type LoadedApi, textAt } from './dashboard-api.js'

type LocalContext = Pick<Store, 'webhooks' | 'interceptors'>
type Method = (environment: string, message: Json) => Promise<Json>

/** Where the same requests go over HTTP. */
const PATHS: Readonly<Record<string, string>> = {
  'Local.CreateWebhook': '/__local/webhooks',
  'Local.CreateInterceptor': '/__local/interceptors',
}

/**
 * The API and what it has no method for: Scalekit has webhooks and interceptors in its dashboard only.
 * The first call loads the API, whose descriptors are large.
 */
export function createDashboardApi(
  load: () => Promise<LoadedApi>,
  { webhooks, interceptors }: LocalContext,
): DashboardApi {
  const endpointsOf = async (environment: string) =>
    (await webhooks.endpoints())
      .filter((endpoint) => endpoint.environment === environment)
      .map(({ secret: _, ...shown }): Json => ({ ...shown }))
  const interceptorsOf = async (environment: string) =>
    (await interceptors.list())
      .filter((interceptor) => interceptor.environment === environment)
      .map(({ secret: _, ...shown }): Json => ({ ...shown }))
  const own = async (listed: Promise<Json[]>, message: Json) => {
    const { id: named, ...change } = message
    const id = textAt(named, '')
    if ((await listed).every((one) => one.id !== id)) throw notFound(`There is no ${id} in this environment`)
    return { id, change }
  }
  const methods: Readonly<Record<string, Method>> = {
    'Local.ListWebhooks': async (environment) => ({ endpoints: await endpointsOf(environment) }),
    'Local.CreateWebhook': async (_, message) => ({ ...(await addWebhookEndpoint(webhooks, message)) }),
    'Local.UpdateWebhook': async (environment, message) => {
      const { id, change } = await own(endpointsOf(environment), message)
      await changeWebhookEndpoint(webhooks, id, change)
      return { id }
    },
    'Local.DeleteWebhook': async (environment, message) => {
      await webhooks.removeEndpoint((await own(endpointsOf(environment), message)).id)
      return {}
    },
    'Local.ListInterceptors': async (environment) => ({ interceptors: await interceptorsOf(environment) }),
    'Local.CreateInterceptor': async (_, message) => ({ ...(await addInterceptor(interceptors, message)) }),
    'Local.UpdateInterceptor': async (environment, message) => {
      const { id, change } = await own(interceptorsOf(environment), message)
      await changeInterceptor(interceptors, id, change)
      return { id }
    },
    'Local.DeleteInterceptor': async (environment, message) => {
      await interceptors.remove((await own(interceptorsOf(environment), message)).id)
      return {}
    },
  }
  return {
    async call(environment, name, message) {
      const method = methods[name]
      if (method === undefined) return (await load()).call(environment, name, message)
      try {
        return { answer: await method(environment, message) }
      } catch (error) {
        if (!(error instanceof DomainError)) throw error
        const code = error.code.toUpperCase()
        return { refusal: { code, message: error.message, fields: error.fieldViolations } }
      }
    },
    async rest(name, message) {
      const path = PATHS[name]
      if (path === undefined && name in methods) return undefined
      if (path === undefined) return (await load()).rest(name, message)
      return { verb: 'POST', path, query: '', body: JSON.stringify(message) }
    },
  }
}
