import { Argument, Command, Option } from 'commander'
import { version } from '../version.js'
import { readEnvironment } from './env-file.js'
import { withLocal } from './needs-local.js'

// A command's own modules are loaded when it runs: the local environment is large, and not every command needs it.
/** The tree of commands: what runs, and what the reference page and the completion are made from. */
export const program = new Command('scalekit-mcp')
  .description('The Scalekit MCP server: AI agents manage Scalekit through tools, over OAuth 2.1.')
  .version(version)
  .showHelpAfterError('(see scalekit-mcp --help)')
  .exitOverride()
  .hook('preAction', (_, command) => readEnvironment(command))

program
  .command('serve')
  .description('Start the MCP server. The configuration comes from environment variables and .env.')
  .action(async () => (await import('./serve.js')).serve())

program
  .command('stdio')
  .description(
    'Serve the tools of one environment on stdin and stdout, for clients that start a process. The configuration comes from environment variables and .env.',
  )
  .option('--scopes <scopes>', 'what the client may do', 'environment:read organization:read')
  .option('--read-only', 'offer only tools that read (READ_ONLY)')
  .action(async (options) => (await import('./stdio.js')).stdio(options))

program
  .command('dev')
  .description('Start the MCP server with a local Scalekit environment. Needs no account and no internet.')
  .addOption(
    new Option(
      '--mode <mode>',
      'what the server manages: all environments as the member who signs in, or one environment as its administrators',
    )
      .choices(['workspace', 'environment'])
      .default('workspace'),
  )
  .option('--port <port>', 'port of the MCP server (PORT; default 3002, or 3004 in environment mode)')
  .option('--local-port <port>', 'port of the local environment (LOCAL_PORT; default 8787)')
  .option('--data <dir>', 'where the local environment keeps its data', '.scalekit-local')
  .option('--memory', 'keep nothing: every start is as seeded')
  .option('--seed <file>', 'YAML file to seed an empty local environment from')
  .addOption(
    new Option(
      '--resource <url>',
      'URL at which clients reach the MCP server (default: http://localhost:PORT/mcp)',
    ),
  )
  .action(async (options) => (await withLocal(() => import('./dev.js'))).dev(options))

program
  .command('local')
  .description('Start a local Scalekit environment alone, to build and test against. Needs no account.')
  .option(
    '--port <port>',
    'where it answers, over HTTP/1.1 and gRPC; 0 takes a free one (LOCAL_PORT; default 8787)',
  )
  .option(
    '--host <address>',
    'let other machines in, at this address, like 0.0.0.0 in a container; they reach it at PUBLIC_URL and ALLOWED_HOSTS, and /__local and the dashboard ask for LOCAL_TOKEN (default: this machine only)',
  )
  .option('--data <dir>', 'where it keeps its data', '.scalekit-local')
  .option('--memory', 'keep nothing: every start is as seeded')
  .option('--seed <file>', 'YAML file to seed an empty environment from')
  .option('--database-url <url>', 'keep the data in a PostgreSQL database instead (DATABASE_URL)')
  .option('--tls', 'speak https, with a certificate of its own that is kept with the data')
  .action(async (options) => (await withLocal(() => import('./local.js'))).local(options))

program
  .command('init')
  .description(
    'Put the MCP server into the clients that are installed here, after showing what would change.',
  )
  .option('--url <url>', 'where the MCP server is (default: EXPECTED_AUDIENCE, or http://localhost:PORT/mcp)')
  .option('--client <names...>', 'these clients only, also where they have no configuration yet')
  .option('--write', 'let clients write: their sign-in asks for every scope')
  .addOption(
    new Option(
      '--scopes <scopes>',
      'let sign-ins ask for these scopes, with spaces or commas between them',
    ).conflicts('write'),
  )
  .addOption(new Option('--remove', 'take it out again').conflicts(['write', 'scopes']))
  .option('--dry-run', 'show what would change, and write nothing')
  .option('--yes', 'write without asking')
  .option('--json', 'print the outcome as JSON')
  .action(async (options) => (await import('./init/init.js')).init(options))

program
  .command('doctor')
  .description('Simulate a client of an MCP server, and list each problem with its fix.')
  .argument('[url]', 'the MCP server (default: EXPECTED_AUDIENCE, or http://localhost:PORT/mcp)')
  .option('--token <token>', 'an access token; - reads it from stdin (default: from the local environment)')
  .option('--json', 'print the findings as JSON')
  .action(async (url, options) => (await import('./doctor/doctor.js')).doctor(url, options))

program
  .command('tools')
  .description('List the tools that a connection offers, by what stands at the end of its URL.')
  .option('--url-query <query>', 'like "toolsets=default,audit&readonly=true"', '')
  .option('--scopes <scopes>', 'mark the tools that need more than these scopes')
  .addOption(
    new Option('--mode <mode>', 'of the server').choices(['workspace', 'environment']).default('workspace'),
  )
  .option('--json', 'print them as JSON')
  .action(async (options) => (await import('./tools.js')).listTools(options))

program
  .command('token')
  .description('Print an access token from the local environment, for curl and scripts.')
  .option('--as <email>', 'whose token, by e-mail or id', 'admin@example.com')
  .option(
    '--scopes <scopes>',
    'scopes, with spaces or commas between them',
    'environment:read organization:read workspace:read',
  )
  .option('--resource <url>', 'for which MCP server (default: the seeded one)')
  .option('--expires-in <seconds>', 'how long it is valid', '3600')
  .option('--local-url <url>', 'where the local environment is (default: http://localhost:LOCAL_PORT)')
  .option('--json', 'print the whole answer as JSON')
  .action(async (options) => (await import('./token.js')).token(options))

program
  .command('audit')
  .description('Check the audit log.')
  .command('verify')
  .description(
    'Check that nothing in the audit log was changed, removed or moved; ends with 1 when something was.',
  )
  .argument(
    '[files...]',
    'the files to check, older ones first (default: AUDIT_FILE and those of further processes next to it)',
  )
  .option(
    '--key <file>',
    'public or private key that signed them (default: AUDIT_KEY_FILE, or audit-key.pem next to the first file)',
  )
  .option('--json', 'print the outcome as JSON')
  .action(async (files, options) => (await import('./audit.js')).verifyAudit(files, options))

program
  .command('completion')
  .description('Print a script that completes commands and options in a shell.')
  .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
  .action(async (shell) => {
    process.stdout.write((await import('./completion.js')).completion(program, shell))
  })
