import { type DescMethod, getOption } from '@bufbuild/protobuf'
import {
  AuthenticationType,
  auth_option,
} from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/options/options_pb.js'

/**
 * Kinds of caller. `client`: an environment's own credentials. `workspace`: a member of the workspace.
 * `session` and `user`: an end user. `customer_portal`, `actions_portal`: the holder of a portal link.
 */
export type CallerKind =
  | 'none'
  | 'client'
  | 'user'
  | 'session'
  | 'customer_portal'
  | 'workspace'
  | 'actions_portal'

export interface AuthOption {
  /** Who may call. Empty: nobody, the method is blocked. */
  readonly callers: ReadonlySet<CallerKind>
  /** What a `session` caller needs on top. */
  readonly permissions: readonly string[]
}

/** `AuthenticationType` is a set of bits; its other names are combinations of these. */
const BITS: readonly (readonly [CallerKind, AuthenticationType])[] = [
  ['none', AuthenticationType.NONE],
  ['client', AuthenticationType.CLIENT],
  ['user', AuthenticationType.USER],
  ['session', AuthenticationType.SESSION],
  ['customer_portal', AuthenticationType.CUSTOMER_PORTAL],
  ['workspace', AuthenticationType.WORKSPACE],
  ['actions_portal', AuthenticationType.ACTIONS_PORTAL],
]

/**
 * Who may call a method. A method without the option is blocked.
 * Source: the method option `scalekit.v1.options.auth_option` (extension 50000).
 */
export function authOption(method: DescMethod): AuthOption {
  const { authenticationType, permissions } = getOption(method, auth_option)
  const callers = BITS.filter(([, bit]) => (authenticationType & bit) !== 0).map(([kind]) => kind)
  return { callers: new Set(callers), permissions }
}
