import type { Caller } from '@scalekit-mcp/auth'

/** What a confirmation was asked for. */
export interface ConfirmationState {
  readonly kind: 'confirmation'
  readonly tool: string
  /** Of the arguments and of everything that the question named. */
  readonly digest: string
  /** Names this question among all: its answer is used once. */
  readonly nonce: string
}

/** What remains of a result whose link went to a person. */
export interface HandOverState {
  readonly kind: 'hand_over'
  readonly tool: string
  readonly digest: string
  readonly output: Readonly<Record<string, unknown>>
}

/** What passes from one round of a call to the next: sealed by the server, carried by the client. */
export type RoundState = ConfirmationState | HandOverState

export interface RoundSeal {
  mint(state: RoundState, caller: Caller): Promise<string>
  /** @throws Error for a state that is not of this caller, was changed, or is too old */
  verify(text: string, caller: Caller): Promise<RoundState>
}

/** The other side of a call: how it can reach a person, and what the person answered. */
export interface Interaction {
  /** The client can ask a person to fill in a form. */
  readonly canAsk: boolean
  /** The client can bring a person to a URL. */
  readonly canOpenUrl: boolean
  readonly state: RoundState | undefined
  readonly responses: Record<string, unknown> | undefined
  seal(state: RoundState): Promise<string>
}
