import { readFileSync } from 'node:fs'
import { StatefulSet } from 'kubernetes-models/apps/v1'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2'
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { Service } from 'kubernetes-models/v1'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { variables } from '../../packages/server/src/config/config-variables.js'

const read = (path: string) => readFileSync(new URL(`../../deploy/${path}`, import.meta.url), 'utf8')

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string }
  // The parts that are looked at; the rest is Kubernetes' own.
  readonly spec: Record<string, never>
}

const manifests = parseAllDocuments(read('k8s/scalekit-mcp.yaml'), { strict: true, uniqueKeys: true })
const kubernetes = manifests.map((document) => document.toJS() as Manifest)
const of = (kind: string) => {
  const found = kubernetes.find((each) => each.kind === kind)
  if (!found) throw new Error(`no ${kind}`)
  return found.spec as unknown as Record<string, unknown>
}

/** The schemas of the API, each with its `apiVersion` and `kind`. */
const models = [StatefulSet, Service, Ingress, PodDisruptionBudget, HorizontalPodAutoscaler, NetworkPolicy]

/** The problem that the schema of its kind finds. */
function problemOf(manifest: object): string | undefined {
  const { kind } = manifest as { kind?: string }
  const Model = models.find(({ name }) => name === kind)
  if (!Model) return `no schema for ${kind}`
  try {
    new Model(structuredClone(manifest) as never).validate()
    return undefined
  } catch (error) {
    return String(error)
  }
}

test('Kubernetes: every manifest is valid by the schema of its API', () => {
  expect(kubernetes.map(problemOf)).toEqual(kubernetes.map(() => undefined))
})

test.each([
  ['a member of another type', { spec: { ...kubernetes[0]?.spec, replicas: 'three' } }, 'replicas'],
  ['a missing member', { spec: { ...kubernetes[0]?.spec, selector: undefined } }, 'selector'],
  ['another API', { apiVersion: 'apps/v1beta1' }, 'apiVersion'],
])('Kubernetes: %s is found', (_, change, problem) => {
  expect(problemOf({ ...kubernetes[0], ...change })).toContain(problem)
})

test('Kubernetes: every manifest parses, and they are about the same pods', () => {
  expect(manifests.flatMap(({ errors }) => errors)).toEqual([])
  const labels = { app: 'scalekit-mcp' }
  expect(of('StatefulSet')).toMatchObject({
    selector: { matchLabels: labels },
    template: { metadata: { labels } },
  })
  expect(of('Service')).toMatchObject({ selector: labels, ports: [{ targetPort: 'http' }] })
  expect(of('PodDisruptionBudget')).toMatchObject({ selector: { matchLabels: labels }, maxUnavailable: 1 })
  expect(of('HorizontalPodAutoscaler')).toMatchObject({
    scaleTargetRef: { kind: 'StatefulSet', name: 'scalekit-mcp' },
    minReplicas: 3,
  })
  expect(of('NetworkPolicy')).toMatchObject({
    podSelector: { matchLabels: labels },
    policyTypes: ['Ingress', 'Egress'],
  })
})

test('Kubernetes: replicas have names by a headless service, and the ingress leads to all paths of the other one', () => {
  const services = kubernetes.filter(({ kind }) => kind === 'Service')
  const named = (name: unknown) => services.find(({ metadata }) => metadata.name === name)?.spec
  expect(named(of('StatefulSet').serviceName)).toMatchObject({
    clusterIP: 'None',
    selector: { app: 'scalekit-mcp' },
  })
  const { rules } = of('Ingress') as unknown as {
    rules: {
      http: { paths: { path: string; backend: { service: { name: string; port: { name: string } } } }[] }
    }[]
  }
  const [path] = rules[0]?.http.paths ?? []
  expect(path?.path).toBe('/')
  const { name, port } = path?.backend.service ?? {}
  expect(named(name)).toMatchObject({ ports: [{ name: port?.name }] })
  expect(named(name)).not.toHaveProperty('clusterIP')
})

test('Kubernetes: Redis and OpenTelemetry on private addresses can be reached', () => {
  const { egress } = of('NetworkPolicy') as unknown as {
    egress: { to: { ipBlock?: { cidr: string } }[]; ports: { port: number }[] }[]
  }
  for (const cidr of ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']) {
    const ports = egress
      .filter(({ to }) => to.some(({ ipBlock }) => ipBlock?.cidr === cidr))
      .flatMap(({ ports }) => ports.map(({ port }) => port))
    expect(ports).toEqual(expect.arrayContaining([6379, 4317, 4318]))
  }
})

test('every document makes STATE_KEY with the same command', () => {
  const documents = ['k8s/scalekit-mcp.yaml', 'compose.yaml', '../docs/guides/operator.md'].map(read)
  for (const document of documents) expect(document).toMatch(/STATE_KEY.{0,60}openssl rand -hex 32/s)
  expect(documents.join('')).not.toContain('openssl rand -base64')
})

test('Kubernetes: the pod has no rights, probes that the server answers, and variables that it knows', () => {
  const { spec } = (of('StatefulSet') as { template: { spec: Record<string, unknown> } }).template
  expect(spec).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000 },
  })
  const [container] = spec.containers as Record<string, unknown>[]
  expect(container).toMatchObject({
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
    livenessProbe: { httpGet: { path: '/health', port: 'http' } },
    volumeMounts: [{ mountPath: '/app/audit' }],
  })
  const env = container?.env as { name: string }[]
  expect(env.map(({ name }) => name).filter((name) => !(name in variables))).toEqual([])
  // A stop takes the pause before it, the second of /ready, and 25 seconds for calls in flight.
  expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(5 + 1 + 25)
})

test('Compose: replicas are read-only, without rights, and have their own audit volumes', () => {
  const { services } = parse(read('compose.yaml'), { merge: true }) as {
    services: Record<string, Record<string, unknown>>
  }
  const replicas = Object.entries(services).filter(([name]) => name.startsWith('mcp-'))
  expect(replicas).toHaveLength(3)
  for (const [, service] of replicas) {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      build: { dockerfile: 'deploy/Dockerfile' },
    })
    expect(Object.keys(service.environment as object).filter((name) => !(name in variables))).toEqual([])
  }
  expect(new Set(replicas.map(([, { volumes }]) => String(volumes))).size).toBe(3)
  expect(Object.values(services).filter((service) => service.read_only !== true)).toEqual([])
  const nginx = read('nginx/scalekit-mcp.conf')
  for (const [name] of replicas) expect(nginx).toContain(`server ${name}:3002`)
})

test('every image has an exact version, and what we build starts from a digest', () => {
  const { services } = parse(read('compose.yaml'), { merge: true }) as {
    services: Record<string, { image?: string }>
  }
  const images = Object.values(services).flatMap(({ image }) => image ?? [])
  expect(images).toHaveLength(3)
  expect(images.filter((image) => !/:\d+\.\d+(\.\d+)?-alpine$/.test(image))).toEqual([])
  const bases = ['Dockerfile', '../examples/greeting/Dockerfile'].flatMap((path) =>
    [...read(path).matchAll(/^FROM (\S+)/gm)].map(([, image = '']) => image),
  )
  expect(bases.length).toBeGreaterThanOrEqual(3)
  expect(bases.filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image))).toEqual([])
})

test('no file of deploy/ holds a secret of a real system', () => {
  const text = ['k8s/scalekit-mcp.yaml', 'compose.yaml', 'pm2/ecosystem.config.cjs'].map(read).join('\n')
  expect(text).not.toMatch(/(CLIENT_SECRET|STATE_KEY|PASSWORD)\s*[:=]\s*["']?(?!scalekit\b)[A-Za-z0-9_]{8,}/)
})
