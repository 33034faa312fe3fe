import type { Caller } from '@scalekit-mcp/auth'
import type { Revealed } from '../../tool.js'
import type { StoredSelection } from '../access.js'
import type { Outcome } from './outcome.js'

/** What a confirmation was asked for. */
export interface ConfirmationState {
  readonly kind: 'confirmation'
  readonly tool: string
  /** Of the arguments and of everything that the question named. */
  readonly digest: string
  /** Names this question among all: its answer is used once. */
  readonly nonce: string
}

/** What remains of a result whose link went to a person in the client. */
export interface HandOverState {
  readonly kind: 'hand_over'
  readonly tool: string
  readonly digest: string
  readonly output: Readonly<Record<string, unknown>>
}

/** The client was asked to bring a person to a page of this server. */
export interface HandOffRound {
  readonly kind: 'hand_off'
  readonly tool: string
  readonly digest: string
}

/** What passes from one round of a call to the next: sealed by the server, carried by the client. */
export type RoundState = ConfirmationState | HandOverState | HandOffRound

export interface RoundSeal {
  mint(state: RoundState, caller: Caller): Promise<string>
  /** @throws Error for a state that is not of this caller, was changed, or is too old */
  verify(text: string, caller: Caller): Promise<RoundState>
}

/** A call that waits for a person at a page of this server. */
export interface HandOff {
  /** Names the page. It opens nothing: the page is for the owner only. */
  readonly id: string
  readonly tool: string
  /** After validation, with ids in place of names. */
  readonly arguments: Readonly<Record<string, unknown>>
  readonly selection: StoredSelection
  /** Who alone may open the page. */
  readonly owner: Pick<Caller, 'issuer' | 'subject'> & { readonly organizationId: string | null }
  readonly clientId: string
  /** Names the call, by which a repeated one finds it, however it is spelled. */
  readonly callKey: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

type Arguments = Readonly<Record<string, unknown>>

/** The arguments of one call, after validation. */
export interface CallArguments {
  /** With the names of objects where the client gave names. */
  readonly named: Arguments
  /** With ids in place of names. */
  readonly resolved: Arguments
}

/** One call that can be handed off. */
export interface WaitingCall {
  /**
   * How the call with these arguments, named or resolved, ended at its page. An outcome is given once.
   * @returns undefined where it did not, or was never there
   */
  outcome(args: Arguments): Promise<Outcome | undefined>
  /** Whether the call with these arguments, named or resolved, has a page. */
  isKnown(args: Arguments): Promise<boolean>
  /** The page of this call: the one where it waits already, or a new one. */
  open(args: CallArguments): Promise<{
    readonly handOff: HandOff
    readonly url: string
    /** The person has confirmed it. */
    readonly isRunning: boolean
  }>
  /** The person said no in the client. @returns false where the call was made, or declined, already */
  decline(id: string): Promise<boolean>
}

/** How a call can reach a person, and what the person answered. */
export interface Interaction {
  /** The client can ask a person to fill in a form. */
  readonly canAsk: boolean
  /** The client can bring a person to a URL. */
  readonly canOpenUrl: boolean
  readonly state: RoundState | undefined
  readonly responses: Record<string, unknown> | undefined
  seal(state: RoundState): Promise<string>
  /** Lets this call wait at a page of this server. Absent where there is no person: a client with its own token. */
  readonly handOff: WaitingCall | undefined
  /** The call is made by the person at that page. */
  readonly atPage: AtPage | undefined
}

/** What the person did at the page. */
export interface AtPage {
  /** Whose call it is: an idempotency key is that client's. */
  readonly owner: Pick<Caller, 'issuer' | 'subject' | 'clientId'>
  /** Of what the page showed. */
  readonly digest: string
  /** What was typed to confirm. */
  readonly typed: string
  /**
   * From here on the call counts as made.
   * @throws ToolError `confirmation_declined` where it was made already
   */
  claim(): Promise<void>
  /** Shows to the person, and to nobody else, what the call created for them. */
  reveal(revealed: readonly Revealed[]): void
}
