import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Finding } from './finding.js'

const file = 'sbom.cdx.json'

interface Sbom {
  serialNumber?: string
  metadata: { timestamp?: string; tools?: unknown; component: Record<string, unknown> }
  components: { purl: string; properties?: unknown }[]
}

/** CycloneDX, of everything that is installed in production; without the time and the machine of its making. */
function currentSbom(): Sbom {
  const text = execFileSync('npm', ['sbom', '--sbom-format=cyclonedx', '--omit=dev'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 28,
  })
  const { serialNumber: _serial, metadata, ...rest } = JSON.parse(text) as Sbom
  const { timestamp: _time, tools: _tools, ...kept } = metadata
  const { name } = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string }
  return { ...rest, metadata: { ...kept, component: { ...kept.component, name } } }
}

/** `npm run sbom`: a change of what is installed shows in the review as a change of this file. */
export function writeSbom(): void {
  writeFileSync(file, `${JSON.stringify(currentSbom(), null, 2)}\n`)
}

export function sbom(): Finding {
  const names = ({ components }: Sbom) => new Set(components.map(({ purl }) => purl))
  const now = names(currentSbom())
  const committed = names(JSON.parse(readFileSync(file, 'utf8')))
  const differing = [...now, ...committed].filter((name) => !now.has(name) || !committed.has(name))
  return {
    id: 'H10',
    measured: `${now.size} components, ${differing.length} not in step`,
    problems:
      differing.length > 0
        ? [`${file} is not in step (${differing[0]} …): run "npm run sbom" and commit`]
        : [],
  }
}
