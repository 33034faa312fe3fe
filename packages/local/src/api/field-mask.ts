import { type DescMessage, isFieldSet, type MessageShape } from '@bufbuild/protobuf'
import type { FieldMask } from '@bufbuild/protobuf/wkt'
import { Code } from '@connectrpc/connect'
import { apiError } from '@scalekit-mcp/api'

/**
 * Tells which fields an update is about: those that the mask names, set or not, and without a mask those
 * that are set.
 * Source: AIP-134 and google/protobuf/field_mask.proto.
 * @throws {ConnectError} InvalidArgument for a path that the message does not have
 */
export function updatedFields<Desc extends DescMessage>(
  desc: Desc,
  message: MessageShape<Desc>,
  mask: FieldMask | undefined,
): ReadonlySet<string> {
  if (!mask || mask.paths.length === 0) {
    return new Set(desc.fields.filter((field) => isFieldSet(message, field)).map((field) => field.localName))
  }
  return new Set(
    mask.paths.map((path) => {
      const field = desc.fields.find(({ name }) => name === path.split('.', 1)[0])
      if (field) return field.localName
      const description = `${desc.name} has no field ${path}`
      throw apiError(Code.InvalidArgument, `The mask is wrong: ${description}`, {
        fieldViolations: [{ field: 'update_mask', description }],
      })
    }),
  )
}
