// Files of this package that are read as they are. Sources, compiled files and the bundle are equally far from them.

/** The seed that is used when none is given. */
export const DEFAULT_SEED = new URL('../src/seed/default.yaml', import.meta.url)

/** The connectors and tools of Scalekit that the local environment simulates. */
export const TOOL_CATALOGUE = new URL('../src/domain/agent-tools/catalogue.yaml', import.meta.url)

/** The documents that the local environment serves at `/docs`. */
export const DOCUMENTS = new URL('../documents/', import.meta.url)
