import type { DescMethod } from '@bufbuild/protobuf'
import {
  ConnectedAccountService,
  DirectoryService,
  httpBindings,
  OrganizationService,
  UserService,
} from '@scalekit-mcp/api'
import type { Principal } from '../../domain/tokens/principal.js'

type MemberRole = Extract<Principal, { kind: 'member' }>['role']

/**
 * The workspace role that a member needs for a method. The rule: USER reads, ADMIN does everything. A method reads
 * when its HTTP binding is GET; any other method, and one without a binding, needs ADMIN. The scopes of a token never
 * add to the role. These need ADMIN in spite of GET.
 */
const ADMIN_READS: ReadonlySet<DescMethod> = new Set<DescMethod>([
  // Changes something.
  DirectoryService.method.triggerDirectorySync,
  // Return what signs its holder in: tokens of a customer's account, a portal link, a support hash.
  ConnectedAccountService.method.getConnectedAccountAuth,
  OrganizationService.method.getPortalLinks,
  UserService.method.getSupportHash,
])

export function mayMemberCall(role: MemberRole, method: DescMethod): boolean {
  const reads = httpBindings(method)[0]?.verb === 'GET'
  return role === 'ADMIN' || (reads && !ADMIN_READS.has(method))
}
