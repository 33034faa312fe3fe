import { fromBinary, toJson } from '@bufbuild/protobuf'
import { services } from '@scalekit-mcp/api'

/**
 * The message in the body of a gRPC or Connect call, or of its answer.
 *
 * @param path of the request, which names the method
 * @returns undefined where the bytes are none: cut off, compressed, or an error
 */
export function decodeMessage(
  bytes: Buffer,
  path: string,
  contentType: string,
  direction: 'input' | 'output',
): { name: string; json: unknown } | undefined {
  const [, service, name] = /\/([\w.]+)\/(\w+)$/.exec(path) ?? []
  const schema = services
    .find(({ typeName }) => typeName === service)
    ?.methods.find((method) => method.name === name)?.[direction]
  if (!schema || !/^application\/(grpc|proto)/.test(contentType)) return undefined
  const message = contentType.startsWith('application/grpc') ? firstFrame(bytes) : bytes
  if (message === undefined) return undefined
  try {
    return { name: schema.name, json: toJson(schema, fromBinary(schema, message)) }
  } catch {
    return undefined
  }
}

/** A frame of gRPC: a byte of flags, four of length, the message. */
function firstFrame(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 5 || bytes[0] !== 0) return undefined
  const length = bytes.readUInt32BE(1)
  return bytes.length < 5 + length ? undefined : bytes.subarray(5, 5 + length)
}
