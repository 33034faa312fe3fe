import { type DescField, type DescMessage, type DescMethod, getOption } from '@bufbuild/protobuf'
import { isPlainMessage } from './field-mask.js'
import { FieldBehavior, field_behavior } from './gen/google/api/field_behavior_pb.js'
import { httpBindings } from './http-rule.js'

/** A field of a request, of one of its messages, or of the messages in one of its lists. */
export interface RequestField {
  /** As in a field mask: `connection.oidc_config.issuer`. Lists are not marked. */
  readonly path: string
  /** The fields on the way to it, the last one included. */
  readonly fields: readonly DescField[]
  /** Whether the descriptor says that only answers have it (AIP-203). */
  readonly outputOnly: boolean
}

/**
 * The fields that a caller can set in a request. What the URL names is not among them: it says which object the
 * request is about. Maps, lists of scalars and the types of `google.protobuf` are one field.
 */
export function requestFields(method: DescMethod): readonly RequestField[] {
  const named = new Set(httpBindings(method).flatMap(({ path }) => path.fields))
  return fieldsOf(method.input, []).filter(({ path }) => !named.has(path))
}

function fieldsOf(desc: DescMessage, above: readonly DescField[]): RequestField[] {
  return desc.fields.flatMap((field): RequestField[] => {
    const fields = [...above, field]
    const inner = innerMessage(field)
    if (inner) return fieldsOf(inner, fields)
    const path = fields.map(({ name }) => name).join('.')
    return [
      {
        path,
        fields,
        // Read from the descriptor when it is asked for: of all fields, that takes as long as loading the API.
        get outputOnly() {
          return fields.some(isOutputOnly)
        },
      },
    ]
  })
}

/** The message of a field whose own fields a caller sets. */
export function innerMessage(field: DescField): DescMessage | undefined {
  const isMessage =
    field.fieldKind === 'message' || (field.fieldKind === 'list' && field.listKind === 'message')
  return isMessage && isPlainMessage(field.message) ? field.message : undefined
}

function isOutputOnly(field: DescField): boolean {
  return getOption(field, field_behavior).includes(FieldBehavior.OUTPUT_ONLY)
}
