import type { DescMethod, DescMethodUnary, DescService } from '@bufbuild/protobuf'
import { type HttpBinding, httpBindings } from './http-rule.js'

export interface Route {
  readonly method: DescMethodUnary
  readonly binding: HttpBinding
}

export interface FoundRoute extends Route {
  readonly values: ReadonlyMap<string, string>
}

export interface Routes {
  /** The most specific route of a verb and a raw path. */
  find(verb: string, path: string): FoundRoute | undefined
  /** The verbs that a raw path answers to; empty when it is no path of the API. */
  verbs(path: string): readonly string[]
}

/** All HTTP rules of all services, the more specific ones first. */
export function createRoutes(services: readonly DescService[]): Routes {
  const routes = services
    .flatMap((service) => service.methods)
    .filter(isUnary)
    .flatMap((method) => httpBindings(method).map((binding): Route => ({ method, binding })))
    .sort((a, b) => (a.binding.path.specificity < b.binding.path.specificity ? 1 : -1))
  return {
    find(verb, path) {
      for (const route of routes) {
        if (route.binding.verb !== verb) continue
        const values = route.binding.path.match(path)
        if (values) return { ...route, values }
      }
      return undefined
    },
    verbs(path) {
      const matching = routes.filter(({ binding }) => binding.path.match(path))
      return [...new Set(matching.map(({ binding }) => binding.verb))].sort()
    },
  }
}

function isUnary(method: DescMethod): method is DescMethodUnary & DescMethod {
  return method.methodKind === 'unary'
}
