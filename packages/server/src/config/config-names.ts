import { variableValue } from '@scalekit-mcp/auth'
import { isSameValue } from '@scalekit-mcp/auth/server'
import { variables } from './config-variables.js'

export type Environment = Readonly<Record<string, string | undefined>>

export interface NamedValues {
  /** By the first name of each variable. Empty values are absent. */
  readonly values: Record<string, string>
  readonly problems: readonly string[]
}

/** Every name of each variable; the first one is what errors and documents use. */
const names: readonly (readonly [name: string, ...others: string[]])[] = Object.entries(variables).map(
  ([name, variable]) => [name, ...('aliases' in variable ? variable.aliases : [])],
)

/** All names of the variable that has this name, or the name alone where it is no variable of this program. */
export function namesOf(name: string): readonly string[] {
  return names.find((each) => each.includes(name)) ?? [name]
}

/** Every name that a variable of this program may have. */
export const ownNames = (): readonly string[] => names.flat()

/** Whether the environment has a value for the variable, under any of its names. */
export function isSet(name: string, environment: Environment): boolean {
  return namesOf(name).some((each) => variableValue(environment[each]) !== undefined)
}

/** Whether this program reads the variable. OpenTelemetry's own are part of the configuration. */
export function isOwnVariable(name: string): boolean {
  return name === 'LOCAL_PORT' || name.startsWith('OTEL_') || names.some((each) => each.includes(name))
}

/** Values by the first name of their variable. Two names with different values are a problem. */
export function resolveNames(environment: Environment): NamedValues {
  const values: Record<string, string> = {}
  const problems: string[] = []
  for (const own of names) {
    const given = own.flatMap((each) => {
      const value = variableValue(environment[each])
      return value === undefined ? [] : [{ name: each, value }]
    })
    const [first] = given
    if (!first) continue
    values[own[0]] = first.value
    if (given.some(({ value }) => !isSameValue(value, first.value))) {
      problems.push(
        `${given.map(({ name }) => name).join(' and ')} are names of one variable and have different values: set one of them.`,
      )
    }
  }
  return { values, problems }
}

/** The environment without the variables that have one of these names, whatever name they go by. */
export function withoutVariables(environment: Environment, replaced: readonly string[]): Environment {
  const gone = new Set(replaced.flatMap(namesOf))
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !gone.has(name)))
}
