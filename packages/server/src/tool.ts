import type { Caller } from '@scalekit-mcp/auth'
import * as z from 'zod'
import type { FormerNames } from './call/former-names.js'
import type { Progress as HandOffProgress } from './call/interaction/outcome.js'
import type { Docs } from './docs-search/docs.js'
import type { Scalekit } from './scalekit/scalekit.js'

/** The scopes that this server knows. No scope implies another. */
export const scopes = [
  'workspace:read',
  'workspace:write',
  'environment:read',
  'environment:write',
  'organization:read',
  'organization:write',
] as const

export type Scope = (typeof scopes)[number]

export const toolsets = [
  'workspace',
  'environments',
  'redirect-uris',
  'organizations',
  'users',
  'connections',
  'mcp-servers',
  'docs',
  'directories',
  'domains',
  'clients',
] as const

/** These are offered only where the URL names them: fewer tools leave more room in a context. */
export const optInToolsets = ['permissions', 'sessions', 'audit'] as const

export type Toolset = (typeof toolsets)[number] | (typeof optInToolsets)[number]

/** What a call does to Scalekit's data. Annotations, read-only mode, confirmation and audit follow from it. */
export type Effect = 'read' | 'create' | 'update' | 'delete'

/** Who calls, as far as a tool may know. */
export type ToolCaller = Pick<
  Caller,
  'subject' | 'clientId' | 'issuer' | 'scopes' | 'organizationId' | 'expiresAt'
>

/** What a connection can reach, and why its caller may use it. */
export interface ConnectionFacts {
  readonly mode: 'environment' | 'workspace'
  readonly readOnly: boolean
  readonly toolsets: readonly Toolset[]
  readonly toolsetsLeftOut: readonly Toolset[]
  /** Of a connection that has those too. */
  readonly urlWithAll: string
  /** What it lacks in scopes and in writes, and who can add it. `howToGetRole`: for a caller whose role does not write. */
  readonly howToGetMore: (howToGetRole?: string) => readonly string[]
  /** Environment mode: what lets this caller administer the environment, in the words of the configuration. */
  readonly administratorRule: string | undefined
  /** The environment that it is bound to. */
  readonly environmentId: string | undefined
  /** Environment mode: whose members administer the environment, with which roles and permission. */
  readonly administeredBy:
    | {
        readonly organizationId: string
        readonly roles: readonly string[]
        readonly permission: string | undefined
      }
    | undefined
  /** Environment mode: the registration of this server. */
  readonly ownMcpServerId: string | undefined
}

export interface ToolContext {
  readonly scalekit: Scalekit
  readonly docs: Docs
  readonly caller: ToolCaller
  readonly connection: () => ConnectionFacts
  /** Waits until a person has dealt with a call of this caller, for less than half a minute. @throws ToolError `not_found` */
  readonly waitForHandOff: (
    id: string,
  ) => Promise<{ readonly tool: string; readonly progress: HandOffProgress }>
  /**
   * The answer of a read that only serves to find an obstacle or to inform a person; `undefined` where Scalekit does not allow
   * it. Whether the write is allowed is decided at the write.
   */
  readonly ifAllowed: <T>(read: Promise<T>) => Promise<T | undefined>
  /**
   * Takes back what a call has done that failed later. It has a time of its own: that of the call may be over.
   */
  readonly undo: (step: (scalekit: Scalekit) => Promise<unknown>) => Promise<unknown>
  /** Tells a client that asked for it how far a call of several steps is. `total` where it is known. */
  readonly progress: (done: number, message: string, total?: number) => void
}

/** What a person gets and no model sees: a link that opens something, a secret, or what is used with it. */
export interface Revealed {
  readonly label: string
  readonly value: string
  /** Text to read, with nothing to copy. */
  readonly isNote?: true
  /** ISO 8601. */
  readonly expiresAt?: string | undefined
}

/** What a person is asked before a write: what it is about, and what changes. */
export interface Target<Result = never> {
  /** Absent: it does not exist yet. */
  readonly id?: string
  /** What the person types. */
  readonly name: string
  /** Whose it is, where no argument says that: the question names it. */
  readonly organizationId?: string | undefined
  /** What changes, by label, like the issuer that is trusted from now on. `undefined`: stays as it is. */
  readonly changes?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
  /**
   * The result where the object is already as the call wants it: then nobody is asked, and nothing is written. A write would not
   * be safe, as the object can change after the read.
   */
  readonly already?: Result | undefined
}

/** The object that has the value of an argument already. */
export interface TakenArgument {
  readonly argument: string
  readonly id: string
}

/** The conflict behind `already_exists`, where a tool can say more than that. */
export interface Taken {
  /** Of the object that has the name or the id, where it can be read. */
  readonly id?: string
  readonly message: string
  readonly nextStep: string
}

export interface ToolDefinition<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
> {
  readonly name: string
  readonly title: string
  /** For an agent: what it does and when to use it. */
  readonly description: string
  readonly toolset: Toolset
  /** All are needed. Empty: any verified caller. */
  readonly scopes: readonly Scope[]
  readonly effect: Effect
  readonly input: Input
  readonly output: Output
  /** Former names of arguments. */
  readonly aliases?: FormerNames
  /**
   * The API serves this to workspace members only, not to an environment's client credentials: the next step on a server that is
   * bound to one environment.
   */
  readonly workspaceOnly?: string
  /** Cannot be undone, which the question says. */
  readonly irreversible?: true
  /**
   * Why a write waits for nobody in a PRD environment: it changes neither who can sign in nor who administers. Without a reason
   * a person confirms every write there.
   */
  readonly unconfirmed?: string
  /** What has to be true before the API accepts the write: the next step of `precondition_failed`. */
  readonly precondition?: string
  /** It creates something for a person only, which `run` returns as `revealed`: the person gets it with this message, and no result has it. */
  readonly reveals?: { readonly kind: 'link' | 'secret'; readonly message: string }
  /** The call waits for a person, whose time is not its own. It is offered with every toolset: a call of any may need a person. */
  readonly waitsForPerson?: true
  /**
   * Refuses arguments that cannot work together, which the schema cannot say. It runs before a person is asked; names are ids by
   * then.
   * @throws ToolError
   */
  check?(args: z.output<Input>, facts: Pick<ToolContext, 'caller' | 'connection'>): void
  /**
   * The object of `already_exists`: its id, where it can be read, with the argument where two could be taken; or a message of its own where reading that object is not the next
   * step. It is read before a person is asked and after the API refused; before, only a conflict with an id ends the call, so the
   * object that the call changes is not one.
   */
  existing?(args: z.output<Input>, context: ToolContext): Promise<string | TakenArgument | Taken | undefined>
  /**
   * What the question names. Required for every write that is confirmed; read again before the act.
   * @throws ToolError where what it reads shows that the API will refuse the call
   */
  target?(args: z.output<Input>, context: ToolContext): Promise<Target<z.output<Output>>>
  run(
    args: z.output<Input>,
    context: ToolContext,
  ): Promise<z.output<Output> & { readonly revealed?: readonly Revealed[] }>
}

/** Every create takes one: repeated with the same key within a day, it gives the first result. */
const idempotencyKey = z
  .string()
  .max(64)
  .refine((key) => /^[A-Za-z0-9_-]{8,}$/.test(key), '8 to 64 letters, digits, - or _.')
  .optional()
  .describe('Random; repeat it to retry.')

const handedOver = z.boolean().optional().describe('A person has it.')

/**
 * Declares a tool. Input and output become strict: what is not declared is refused.
 *
 * @example export default defineTool({ name: 'list_organizations', effect: 'read', … })
 */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: ToolDefinition<Input, Output>,
): ToolDefinition {
  const { effect, unconfirmed, target, reveals } = definition
  if (effect !== 'read' && !unconfirmed && !target) {
    throw new TypeError(`${definition.name}: needs target(), which names what a person confirms`)
  }
  const input =
    effect === 'create' && !reveals ? definition.input.extend({ idempotencyKey }) : definition.input
  return {
    ...definition,
    input: input.strict(),
    output: reveals ? definition.output.extend({ handedOver }) : definition.output,
  } as unknown as ToolDefinition
}
