import type {
  Decision,
  FlowInterceptor,
  FlowInterceptors,
  Placement,
} from '../domain/events/flow-interceptor.js'
import type { Clock } from '../storage/clock.js'
import { newId } from '../storage/ids.js'
import { askApplication } from './ask-application.js'
import { newWebhookSecret } from './sign-webhook.js'

const DECISIONS_KEPT = 200

export function createFlowInterceptors(clock: Clock): FlowInterceptors {
  let interceptors: FlowInterceptor[] = []
  let decisions: Decision[] = []
  return {
    add({ secret = newWebhookSecret(), ...settings }) {
      const interceptor = { id: newId('icp'), ...settings, secret }
      interceptors = [...interceptors, interceptor]
      return interceptor
    },
    list: () => [...interceptors],
    remove(id) {
      const before = interceptors.length
      interceptors = interceptors.filter((interceptor) => interceptor.id !== id)
      return interceptors.length < before
    },
    decisions: () => [...decisions],
    async ask(question) {
      let claims: Record<string, unknown> = {}
      let placement: Placement | undefined
      const asked = interceptors.filter(
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
    clear() {
      interceptors = []
      decisions = []
    },
  }
}
