import { existsSync, readFileSync } from 'node:fs'
import type { Finding } from './finding.js'

const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '')

/** The container runs a Node line that gets security fixes. */
export function runtime(): Finding {
  const [, major = ''] = /^FROM node:(\d+)/m.exec(read('deploy/Dockerfile')) ?? []
  const supported = Number(major) >= 24
  return {
    id: 'H1',
    measured: `the container runs Node ${major}`,
    problems: supported ? [] : ['deploy/Dockerfile does not start from a supported Node line (24 or newer)'],
  }
}

export function container(): Finding {
  const dockerfile = read('deploy/Dockerfile')
  const compose = read('deploy/compose.yaml')
  const rules: [holds: boolean, problem: string][] = [
    [
      [...dockerfile.matchAll(/^FROM (\S+)/gm)].every(
        ([, image]) => image?.includes('@sha256:') || !image?.includes(':'),
      ),
      'a base image has no digest',
    ],
    [/^USER (?!root|0)\S+/m.test(dockerfile), 'the image runs as root'],
    [/--omit=dev/.test(dockerfile), 'the image holds development dependencies'],
    [/read_only: true/.test(compose), 'the root file system is writable'],
    [
      /^\.env/m.test(read('.dockerignore')) && /^\.git$/m.test(read('.dockerignore')),
      '.dockerignore lets .env or .git in',
    ],
  ]
  const problems = rules.filter(([holds]) => !holds).map(([, problem]) => problem)
  return { id: 'H13', measured: `${problems.length} of ${rules.length} rules broken`, problems }
}

/** Published from CI with provenance, by the identity of the workflow: no token that lives longer. */
export function release(): Finding {
  const workflow = read('.github/workflows/release.yml')
  const problems = [
    ...(/id-token: write/.test(workflow) && /--provenance/.test(workflow)
      ? []
      : ['the release has no provenance']),
    ...(/NPM_TOKEN|NODE_AUTH_TOKEN|_authToken/.test(workflow) ? ['the release uses a long-lived token'] : []),
    ...[...workflow.matchAll(/uses: (\S+)/g)]
      .filter(([, action]) => !/@[0-9a-f]{40}$/.test(action ?? ''))
      .map(([, action]) => `${action} is not pinned to a commit`),
  ]
  return { id: 'H12', measured: `${problems.length} long-lived tokens`, problems }
}
