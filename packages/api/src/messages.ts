// The messages, enums and schemas of the services, one namespace per package of the API. The SDK keeps
// them outside its documented entrance, so its version is pinned, and only this package knows where they are.

export * as auth from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/auth/auth_pb.js'
export * as clients from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/clients/clients_pb.js'
export * as connectedAccounts from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connected_accounts/connected_accounts_pb.js'
export * as connections from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connections/connections_pb.js'
export * as directories from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/directories/directories_pb.js'
export * as domains from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/domains/domains_pb.js'
export * as errdetails from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/errdetails/errdetails_pb.js'
export * as organizations from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/organizations/organizations_pb.js'
export * as roles from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/roles/roles_pb.js'
export * as users from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/users/users_pb.js'
export * as commons from './commons.js'
export * as environments from './gen/scalekit/v1/environments/environments_pb.js'
export * as members from './gen/scalekit/v1/members/members_pb.js'
