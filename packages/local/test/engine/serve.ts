import { createLocalScalekit, type LocalOptions } from '../../src/index.js'

/** A local environment in a process of its own, for tests that race or kill it. Its options are the argument. */
const options: LocalOptions = JSON.parse(process.argv[2] ?? '{}')
const { url } = await createLocalScalekit({ port: 0, ...options })
process.send?.({ url })
