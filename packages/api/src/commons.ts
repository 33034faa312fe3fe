export * from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/commons/commons_pb.js'
export { EnvironmentType, EnvironmentTypeSchema } from './gen/scalekit/v1/commons/environment_type_pb.js'
