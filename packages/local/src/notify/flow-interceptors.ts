import type {
  Decision,
  FlowInterceptor,
  FlowInterceptors,
  Placement,
} from '../domain/events/flow-interceptor.js'
import type { Clock } from '../storage/clock.js'
import { createControlState } from '../storage/control-state.js'
import type { Database } from '../storage/database.js'
import { newId } from '../storage/ids.js'
import { askApplication } from './ask-application.js'
import { newWebhookSecret } from './sign-webhook.js'

const DECISIONS_KEPT = 200

export function createFlowInterceptors(database: Database, clock: Clock): FlowInterceptors {
  const interceptors = createControlState<FlowInterceptor>(database, 'interceptor')
  let decisions: Decision[] = []
  return {
    async add({ secret = newWebhookSecret(), ...settings }) {
      const interceptor = { id: newId('icp'), ...settings, secret }
      await interceptors.add(interceptor)
      return interceptor
    },
    list: () => interceptors.list(),
    change: (id, settings) => interceptors.change(id, (interceptor) => ({ ...interceptor, ...settings })),
    remove: (id) => interceptors.remove(id),
    decisions: () => [...decisions],
    async ask(question) {
      let claims: Record<string, unknown> = {}
      let placement: Placement | undefined
      const asked = (await interceptors.list()).filter(
        ({ environment, trigger_point }) =>
          environment === question.environment && trigger_point === question.trigger,
      )
      for (const interceptor of asked) {
        const { verdict, answered } = await askApplication(interceptor, question, clock.now())
        const decision = verdict.allowed ? 'ALLOW' : 'DENY'
        const noted = {
          interceptor: interceptor.id,
          trigger_point: question.trigger,
          decision,
          answered,
        } as const
        decisions = [...decisions, noted].slice(-DECISIONS_KEPT)
        if (!verdict.allowed) return verdict
        claims = { ...claims, ...verdict.claims }
        placement = verdict.placement ?? placement
      }
      return { allowed: true, claims, placement }
    },
    async clear() {
      await interceptors.clear()
      decisions = []
    },
  }
}
