#!/usr/bin/env node
import { readFileSync } from 'node:fs'

// An older Node cannot even read the program, so this file asks first.
const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const [major, minor] = engines.node.match(/\d+/g).map(Number)
const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number)

if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) {
  await import('../bundle/main.js')
} else {
  process.stderr.write(
    `scalekit-mcp needs Node ${major}.${minor} or newer, and this is Node ${process.versions.node}. Install a newer one from https://nodejs.org.\n`,
  )
  process.exitCode = 78
}
