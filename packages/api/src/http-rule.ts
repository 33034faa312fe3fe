import { type DescMethod, getOption } from '@bufbuild/protobuf'
import { http } from './gen/google/api/annotations_pb.js'
import type { HttpRule } from './gen/google/api/http_pb.js'
import { type PathTemplate, parsePathTemplate } from './path-template.js'

/** One way to call a method over HTTP: `google.api.HttpRule`. */
export interface HttpBinding {
  readonly verb: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH'
  readonly path: PathTemplate
  /** The field that the body carries, `*` for all that the path does not, or empty for none. */
  readonly body: string
}

const bindings = new WeakMap<DescMethod, readonly HttpBinding[]>()

/**
 * The HTTP rules of a method, the main one first. Empty when the method has none.
 * Source: the method option `google.api.http` (extension 72295728), `additional_bindings` included.
 */
export function httpBindings(method: DescMethod): readonly HttpBinding[] {
  const known = bindings.get(method)
  if (known) return known
  const rule = getOption(method, http)
  const read = [rule, ...rule.additionalBindings].flatMap(toBinding)
  bindings.set(method, read)
  return read
}

function toBinding(rule: HttpRule): HttpBinding[] {
  if (rule.pattern.case === undefined) return []
  const verb = rule.pattern.case.toUpperCase() as HttpBinding['verb']
  return [{ verb, path: parsePathTemplate(rule.pattern.value), body: rule.body }]
}
