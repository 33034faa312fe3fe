import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Finding } from './finding.js'
import { packageAt, shipped } from './lock.js'

const file = 'sbom.cdx.json'

interface Sbom {
  serialNumber?: string
  metadata: { timestamp?: string; tools?: unknown; component: Record<string, unknown> }
  components: { 'bom-ref': string; purl: string; properties?: unknown }[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

/**
 * CycloneDX, of everything that comes with one of our packages; without the time and the machine of its making.
 * What to keep is decided here: `--omit=dev` of npm also leaves out what a tool of the development happens to share.
 */
function currentSbom(): Sbom {
  const text = execFileSync('npm', ['sbom', '--sbom-format=cyclonedx'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 28,
  })
  const { serialNumber: _serial, metadata, components, dependencies, ...rest } = JSON.parse(text) as Sbom
  const { timestamp: _time, tools: _tools, ...about } = metadata
  const { name } = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string }
  const kept = packages()
  const root = String(about.component['bom-ref'])
  return {
    ...rest,
    metadata: { ...about, component: { ...about.component, name } },
    components: components.filter((component) => kept.has(component['bom-ref'])),
    dependencies: dependencies
      .filter(({ ref }) => ref === root || kept.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) })),
  }
}

const packages = () => new Set([...shipped()].map(packageAt))

/** `npm run sbom`: a change of what is installed shows in the review as a change of this file. */
export function writeSbom(): void {
  writeFileSync(file, `${JSON.stringify(currentSbom(), null, 2)}\n`)
}

export function sbom(): Finding {
  const names = ({ components }: Sbom) => new Set(components.map((component) => component['bom-ref']))
  const now = names(currentSbom())
  const committed = names(JSON.parse(readFileSync(file, 'utf8')))
  const due = new Set([...packages(), ...now])
  const differing = [...due, ...committed].filter((name) => !now.has(name) || !committed.has(name))
  return {
    id: 'H10',
    measured: `${now.size} components, ${differing.length} not in step`,
    problems:
      differing.length > 0
        ? [`${file} is not in step (${differing[0]} …): run "npm run sbom" and commit`]
        : [],
  }
}
