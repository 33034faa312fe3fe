/** JSON as the API has it, with its snake_case names. */
export type JsonValue = string | number | boolean | null | JsonValue[] | Json
export type Json = { [name: string]: JsonValue }

/** A refusal of the API, which the page shows where it was asked. */
export interface Refusal {
  /** `NOT_FOUND`, `INVALID_ARGUMENT` … */
  readonly code: string
  readonly message: string
  readonly fields: readonly { readonly field: string; readonly description: string }[]
}

export type Answer = { readonly answer: Json } | { readonly refusal: Refusal }

/** A request as it goes over HTTP. */
export interface RestCall {
  readonly verb: string
  readonly path: string
  readonly query: string
  readonly body: string | null
}

/** The management API, as it is handed to the dashboard. */
export interface LoadedApi {
  call(environment: string, method: string, message: Json): Promise<Answer>
  rest(method: string, message: Json): RestCall | undefined
}

/** What the dashboard acts through: the same handlers, checks and events as over the network. */
export interface DashboardApi {
  /** Calls a method such as `OrganizationService.GetOrganization` as an administrator. */
  call(environment: string, method: string, message: Json): Promise<Answer>
  /** How the same call goes over HTTP; undefined where only members of the workspace may make it. */
  rest(method: string, message: Json): Promise<RestCall | undefined>
}

/** The value at a dotted path. */
export function at(value: JsonValue | undefined, path: string): JsonValue | undefined {
  if (path === '') return value
  return path.split('.').reduce<JsonValue | undefined>((inner, name) => asObject(inner)[name], value)
}

export function asObject(value: JsonValue | undefined): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

export function asList(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : []
}

/** A value as text, empty where there is none. */
export function textAt(value: JsonValue | undefined, path: string): string {
  const found = at(value, path)
  return found === undefined || found === null || typeof found === 'object' ? '' : String(found)
}
