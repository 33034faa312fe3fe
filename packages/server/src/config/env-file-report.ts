import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { readEnvFile, variableValue } from '@scalekit-mcp/auth'
import { type Environment, isOwnVariable, ownNames } from './config-names.js'

/** What a `.env` file is to this program: names only. */
export interface EnvFileReport {
  readonly path: string
  readonly exists: boolean
  /** Variables that have their value from the file. */
  readonly used: readonly string[]
  /** Variables for which the environment has another value. */
  readonly hidden: readonly string[]
  /** Variables of other programs. */
  readonly unread: readonly string[]
  /** Variables that nothing reads, although they begin like one of this program. */
  readonly misspelled: readonly string[]
}

/** @param environment after the file was added to it */
export function reportEnvFile(file: string, environment: Environment): EnvFileReport {
  const path = resolve(file)
  const entries = Object.entries(readEnvFile(path).variables)
  const own = entries.filter(([name]) => isOwnVariable(name))
  const others = entries.map(([name]) => name).filter((name) => !isOwnVariable(name))
  const isUsed = ([name, value]: (typeof own)[number]) =>
    variableValue(environment[name]) === variableValue(value)
  return {
    path,
    exists: existsSync(path),
    used: own.filter(isUsed).map(([name]) => name),
    hidden: own.filter((entry) => !isUsed(entry)).map(([name]) => name),
    unread: others.filter((name) => !isLikeOwn(name)),
    misspelled: others.filter(isLikeOwn),
  }
}

/** `SCALEKIT_URL`, `ADMIN_ROLE`, `EXPECTED_AUDIANCE`: the first word is that of a variable of this program. */
function isLikeOwn(name: string): boolean {
  const [first] = name.split('_')
  return name.includes('_') && ownNames().some((own) => own.includes('_') && own.split('_')[0] === first)
}
