import { randomBytes } from 'node:crypto'
import { createRequestStateCodec, type ServerContext } from '@modelcontextprotocol/server'

export interface FixtureState {
  readonly tool: string
  readonly round: number
}

export type VerifyState = (state: string, context: ServerContext) => unknown

const PREFIX = 'fixture.'
const codec = createRequestStateCodec<FixtureState>({ key: randomBytes(32), ttlSeconds: 300 })

/** Seals what a fixture wants to know again in the next round. */
export async function sealState(state: FixtureState): Promise<string> {
  return `${PREFIX}${await codec.mint(state)}`
}

/** The verifier of fixture states; all others go to the server's own. */
export function fixtureVerifier(others: VerifyState): VerifyState {
  return (state, context) =>
    state.startsWith(PREFIX) ? codec.verify(state.slice(PREFIX.length), context) : others(state, context)
}

export function stateOf({ mcpReq }: ServerContext): FixtureState | undefined {
  return mcpReq.requestState<FixtureState>()
}
