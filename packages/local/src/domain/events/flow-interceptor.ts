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

export type Verdict =
  | { readonly allowed: true; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly allowed: false; readonly code: string; readonly message: string }
