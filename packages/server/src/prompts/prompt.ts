/** A task that a person picks in the client: what to ask for, and how an agent goes about it. */
export interface PromptDefinition {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly arguments: readonly {
    readonly name: string
    readonly description: string
    readonly required: boolean
  }[]
  /**
   * @param value gives an argument as a JSON string: what a person typed stays data
   */
  text(value: (argument: string) => string): string
}
