import type { Person } from './person.js'
import type { World } from './world.js'

/** How a task ended: the final answer, the pages that the person opened, and the environment to look into. */
export interface Outcome {
  readonly world: World
  readonly person: Person
  readonly answer: string
  /** Everything that tools answered. */
  readonly results: readonly string[]
}

/** Something that an administrator asks an agent to do. */
export interface Task {
  readonly name: string
  /** What the administrator writes, in full. */
  readonly ask: string
  /** Values that the ask abbreviates, such as the numbers between 01 and 15. */
  readonly implied?: readonly string[]
  /** Who asks. Default: an administrator of the workspace. */
  readonly as?: string
  /** Changes the seeded environment before the task. */
  prepare?(world: World): Promise<void>
  /** What is to be true afterwards, and whether it is. */
  checks(outcome: Outcome): Promise<Readonly<Record<string, boolean>>>
}
