// Loads oidc-provider without its advice to use Node 22: this package supports Node 20.19 and is tested on it.
// Importing this file first is enough, whoever starts the local environment: a module is evaluated once.

const { warn } = console
console.warn = (...args: unknown[]) => {
  if (!/oidc-provider WARNING: Unsupported runtime/.test(String(args[0]))) warn(...args)
}
try {
  await import('oidc-provider')
} finally {
  console.warn = warn
}

export {}
