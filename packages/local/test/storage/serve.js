import { createLocalScalekit } from '@scalekit-mcp/local'

// A local environment in a process of its own, for tests that race or kill it. Its options are the argument.
const { url } = await createLocalScalekit({ port: 0, ...JSON.parse(process.argv[2] ?? '{}') })
process.send?.({ url })
