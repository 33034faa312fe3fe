export { GET, OPTIONS } from '../../../mcp/route'
