import type { Clock } from '../storage/clock.js'
import { newId } from '../storage/ids.js'
import { newWebhookSecret } from './sign-webhook.js'
import { askApplication } from './ask-application.js'
import type { FlowInterceptor, Question, TriggerPoint, Verdict } from '../domain/events/flow-interceptor.js'

const DECISIONS_KEPT = 200

/** How one interceptor decided. */
export interface Decision {
  readonly interceptor: string
  readonly trigger_point: TriggerPoint
  readonly decision: 'ALLOW' | 'DENY'
  /** Whether the application said so itself. */
  readonly answered: boolean
}

/** The interceptors of all environments. They live in the memory of this process. */
export interface FlowInterceptors {
  add(interceptor: Omit<FlowInterceptor, 'id' | 'secret'> & { secret?: string | undefined }): FlowInterceptor
  list(): FlowInterceptor[]
  /** Whether there was such an interceptor. */
  remove(id: string): boolean
  decisions(): Decision[]
  /** Asks every interceptor of a trigger point, in the order in which they were added, until one denies. */
  ask(question: Question): Promise<Verdict>
  clear(): void
}

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
      }
      return { allowed: true, claims }
    },
    clear() {
      interceptors = []
      decisions = []
    },
  }
}
