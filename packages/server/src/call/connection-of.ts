import type { Caller } from '@scalekit-mcp/auth'
import type { AdministratorRule } from '../config/administrator-rule.js'
import type { ConnectionFacts } from '../tool.js'
import { type Bounds, howToGetMore, type Selection, toolsetsOf, urlWith } from './access.js'
import { isClientAlone } from './client-alone.js'

export interface Connection {
  readonly bounds: Bounds
  readonly selection: Selection
  /** The environment that it is bound to. */
  readonly environmentId: string | undefined
  readonly caller: Caller
  /** Environment mode: who administers it. */
  readonly administrators: AdministratorRule | undefined
  /** Over stdio the operator's own process calls. */
  readonly isOperator: boolean
}

/** What a connection can reach, and why its caller may use it. */
export function connectionOf(connection: Connection): ConnectionFacts {
  const { bounds, selection, environmentId, caller } = connection
  const { selected, leftOut } = toolsetsOf(selection)
  return {
    mode: bounds.mode,
    readOnly: bounds.readOnly || selection.readOnly,
    toolsets: selected,
    toolsetsLeftOut: leftOut,
    urlWithAll: urlWith(leftOut, selection, bounds.resource),
    howToGetMore: (howToGetRole) => howToGetMore(caller, selection, bounds, howToGetRole),
    administratorRule: ruleFor(connection),
    environmentId,
    administeredBy: administratorsOf(connection),
    ownMcpServerId: bounds.mode === 'environment' ? bounds.mcpServerId : undefined,
  }
}

/** Those whom the rule lets in, where it is asked. */
function administratorsOf({ administrators, isOperator }: Connection): ConnectionFacts['administeredBy'] {
  const { organizationId, roles = [], permission } = administrators ?? {}
  return isOperator || organizationId === undefined ? undefined : { organizationId, roles, permission }
}

/** Nobody who does not satisfy the rule calls a tool (`administrators.ts`). */
function ruleFor({ administrators, caller, isOperator }: Connection): string | undefined {
  if (isOperator) return 'the operator who started this server'
  if (!administrators) return undefined
  if (isClientAlone(caller)) return 'ADMIN_CLIENTS'
  const { roles, permission } = administrators
  return [
    'ADMIN_ORGANIZATION',
    ...(roles.length > 0 ? ['ADMIN_ROLES'] : []),
    ...(permission ? ['ADMIN_PERMISSION'] : []),
  ].join(', ')
}
