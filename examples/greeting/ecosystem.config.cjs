// pm2 start ecosystem.config.cjs: PM2 keeps cluster.js running, and that runs a process per processor.
module.exports = {
  apps: [
    {
      name: 'greeting',
      script: 'src/cluster.js',
      exec_mode: 'fork',
      node_args: '--env-file=.env',
      kill_timeout: 30_000,
    },
  ],
}
