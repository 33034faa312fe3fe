export type Revision = '2026-07-28' | '2025-11-25' | '2025-06-18'

/** What a client adds to the `_meta` of its requests, and the revisions in which it is measured. */
export interface Client {
  readonly name: string
  readonly revisions: readonly Revision[]
  /** Undefined: its requests for the list are plain. */
  readonly list?: object
  /** Undefined: its calls are plain. */
  readonly call?: object
}

/** A client of the SDKs without a progress handler: nothing beyond what the revision wants. */
export const plain: Client = { name: 'plain', revisions: ['2026-07-28', '2025-11-25'] }

/**
 * What agents were seen to send in November 2026, each in the revision that it speaks. The keys of Claude Code and Codex are
 * measured over 2026-07-28 as well, which they will come to speak.
 */
export const agents: readonly Client[] = [
  {
    name: 'Claude Code',
    revisions: ['2026-07-28', '2025-11-25'],
    call: { progressToken: 3, 'claudecode/toolUseId': 'toolu_01A09q90qw90lq917835lq9' },
  },
  {
    name: 'Codex',
    revisions: ['2026-07-28', '2025-06-18'],
    list: { progressToken: 1 },
    call: {
      progressToken: 2,
      callId: 'call_V1StGXR8Z5jdHi6BmyT2',
      threadId: '0198f2a4-6c1e-7d30-9b1f-4f0a8e2d7c55',
      sessionId: '0198f2a4-6c1e-7d30-9b1f-4f0a8e2d7c54',
      windowId: '0198f2a4-6c1e-7d30-9b1f-4f0a8e2d7c56',
      itemId: 'fc_68f2a46c1e7d309b1f4f0a8e2d7c55',
      'x-codex-turn-metadata': '{"turn_id":"7","workspace":"acme","sandbox":"workspace-write"}',
    },
  },
  {
    name: 'Copilot',
    revisions: ['2026-07-28'],
    list: { progressToken: 1 },
    call: { progressToken: 2 },
  },
  { name: 'opencode', revisions: ['2025-11-25'], call: { progressToken: 2 } },
]
