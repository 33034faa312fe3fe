import { createLocalScalekit } from '@scalekit-mcp/local'

// The local environment alone, with the default seed. Arguments: the folder for its data, and a port.
const [, , data, port] = process.argv
await createLocalScalekit({ data, port: Number(port) })
