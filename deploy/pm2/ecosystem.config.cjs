const { join } = require('node:path')

// pm2 start ecosystem.config.cjs, then pm2 reload scalekit-mcp without a failed call. A process per processor shares the
// port; REDIS_URL and STATE_KEY make them one server. The server itself is installed beside this file, or SCALEKIT_MCP
// names its folder.
const home = process.env.SCALEKIT_MCP ?? join(__dirname, 'node_modules', 'scalekit-mcp')

module.exports = {
  apps: [
    {
      name: 'scalekit-mcp',
      script: join(home, 'bin', 'scalekit-mcp.js'),
      args: ['serve'],
      exec_mode: 'cluster',
      instances: 'max',
      // PM2 stops with SIGINT; calls in flight have 25 seconds.
      kill_timeout: 30_000,
      env: { NODE_ENV: 'production' },
    },
  ],
}
