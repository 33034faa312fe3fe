import { FastMCP } from 'fastmcp'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { tools } from 'scalekit-mcp'

// FastMCP as its documents say to write it, stateless, with the same tools and jose for the token.

const { PORT = '', ISSUER = '', RESOURCE = '' } = process.env
const keys = createRemoteJWKSet(new URL(`${ISSUER}/keys`))
const optIn = ['directories', 'domains', 'permissions', 'clients', 'sessions', 'audit']
const subjectOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).sub

const run = {
  async whoami({ sub, client_id }) {
    return { subject: sub, clientId: client_id, issuer: ISSUER }
  },
  async list_environments({ token }) {
    const response = await fetch(`${ISSUER}/api/v1/environments`, {
      headers: { authorization: `Bearer api-of-${subjectOf(token)}` },
    })
    return { items: (await response.json()).environments }
  },
}

const server = new FastMCP({
  name: 'fastmcp',
  version: '1.0.0',
  async authenticate(request) {
    const token = request.headers.authorization?.replace(/^Bearer /, '')
    if (!token) throw new Response(null, { status: 401 })
    const { payload } = await jwtVerify(token, keys, {
      issuer: ISSUER,
      audience: RESOURCE,
      algorithms: ['RS256'],
    })
    return { ...payload, token }
  },
})
for (const tool of tools.filter(({ toolset }) => !optIn.includes(toolset))) {
  server.addTool({
    name: tool.name,
    description: tool.description,
    parameters: tool.input,
    execute: async (_, { session }) => JSON.stringify(await run[tool.name](session)),
  })
}
await server.start({
  transportType: 'httpStream',
  httpStream: { port: Number(PORT), host: '127.0.0.1', endpoint: '/mcp', stateless: true },
})
