import { httpBindings, services } from '@scalekit-mcp/api'

const METHODS = services.flatMap((service) =>
  service.methods.map((method) => ({
    name: `${service.typeName}/${method.name}`,
    bindings: httpBindings(method),
  })),
)

/** The RPC that a request calls, in whichever protocol, as `scalekit.v1.….Service/Method`. */
export function rpcOf(verb: string, path: string): string | undefined {
  const direct = METHODS.find(({ name }) => path === `/${name}`)
  if (direct !== undefined) return direct.name
  const [best] = METHODS.flatMap(({ name, bindings }) =>
    bindings
      .filter((binding) => binding.verb === verb && binding.path.match(path) !== undefined)
      .map(({ path: { specificity } }) => ({ name, specificity })),
  ).sort((a, b) => (a.specificity < b.specificity ? 1 : -1))
  return best?.name
}
