// The address is what your host puts in front: on Vercel `x-forwarded-for` has one address, which the client cannot choose.
import { createApp } from '../../../src/app'

const mcp = createApp(process.env, ({ headers }) => headers.get('x-forwarded-for') ?? '')

export { mcp as DELETE, mcp as GET, mcp as OPTIONS, mcp as POST }
