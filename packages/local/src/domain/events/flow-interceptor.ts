export const TRIGGER_POINTS = [
  'PRE_SIGNUP',
  'PRE_SESSION_CREATION',
  'PRE_USER_INVITATION',
  'PRE_M2M_TOKEN_CREATION',
] as const
export type TriggerPoint = (typeof TRIGGER_POINTS)[number]

/** An application that decides whether a flow goes on. Source of the members: the message Interceptor of Scalekit's API. */
export interface FlowInterceptor {
  readonly id: string
  readonly environment: string
  readonly display_name: string
  readonly trigger_point: TriggerPoint
  readonly api_url: string
  readonly timeout_ms: number
  /** What happens when the application does not decide. */
  readonly failure_policy: 'FAIL_OPEN' | 'FAIL_CLOSED'
  readonly secret: string
}

/** What an application is asked about. Source of the members: Scalekit's reference of interceptor triggers. */
export interface Question {
  readonly environment: string
  readonly trigger: TriggerPoint
  /** Who, and in which circumstances, beside what every question has. */
  readonly about: Readonly<Record<string, unknown>>
  readonly data: Readonly<Record<string, unknown>>
}

/** The organization that somebody who signs up joins, instead of having a new one. */
export interface Placement {
  readonly organization_id?: string | undefined
  readonly external_organization_id?: string | undefined
  readonly roles: readonly string[]
}

export type Verdict =
  | {
      readonly allowed: true
      readonly claims: Readonly<Record<string, unknown>>
      readonly placement?: Placement | undefined
    }
  | { readonly allowed: false; readonly code: string; readonly message: string }

/** How one interceptor decided. */
export interface Decision {
  readonly interceptor: string
  readonly trigger_point: TriggerPoint
  readonly decision: 'ALLOW' | 'DENY'
  /** Whether the application said so itself. */
  readonly answered: boolean
}

/** The interceptors of all environments. They outlive the process. */
export interface FlowInterceptors {
  add(
    interceptor: Omit<FlowInterceptor, 'id' | 'secret'> & { secret?: string | undefined },
  ): Promise<FlowInterceptor>
  list(): Promise<FlowInterceptor[]>
  /** Whether there is such an interceptor. */
  change(id: string, settings: Omit<FlowInterceptor, 'id' | 'environment' | 'secret'>): Promise<boolean>
  /** Whether there was such an interceptor. */
  remove(id: string): Promise<boolean>
  /** Those of this process. */
  decisions(): Decision[]
  /** Asks every interceptor of a trigger point, in the order in which they were added, until one denies. */
  ask(question: Question): Promise<Verdict>
  clear(): Promise<void>
}
