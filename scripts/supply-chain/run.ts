import { measure } from '../../test/harness/measure.js'
import { artifacts } from './artifacts.js'
import { container, release, runtime } from './deployment.js'
import type { Finding } from './finding.js'
import { secretsInHistory } from './history.js'
import { installScripts, integrity, packageCount, pins, sdkFloor } from './lock.js'
import { age, signatures, vulnerabilities } from './registry.js'
import { sbom, writeSbom } from './sbom.js'

// Checks where the code that we ship comes from. With --sbom it writes the bill of materials; with --quick it leaves out
// what takes minutes: two fresh clones, and the dates of every dependency.

if (process.argv.includes('--sbom')) writeSbom()
else check(process.argv.includes('--quick'))

function check(quick: boolean): void {
  const checks = [
    runtime,
    pins,
    integrity,
    installScripts,
    packageCount,
    vulnerabilities,
    signatures,
    sbom,
    release,
    container,
    secretsInHistory,
    sdkFloor,
  ]
  const findings: Finding[] = [...checks.map((each) => each()), ...(quick ? [] : [age(), ...artifacts()])]
  for (const { id, measured, problems, notRun } of findings) {
    const state = notRun
      ? `not run: ${notRun}`
      : problems.length > 0
        ? `FAIL: ${problems.join('; ')}`
        : measured
    process.stdout.write(`${id.padEnd(4)} ${state}\n`)
    if (!notRun && problems.length === 0) measure(id, measured)
  }
  process.exitCode = findings.some(({ problems }) => problems.length > 0) ? 1 : 0
}
