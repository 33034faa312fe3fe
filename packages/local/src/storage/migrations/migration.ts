/** One step of the schema: statements that run on both dialects. `text` stands for text that sorts by bytes. */
export interface Migration {
  name: string
  statements(text: string): string[]
}
