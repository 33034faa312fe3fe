import type { OrganizationRow } from '../../storage/schema.js'
import { organizationData } from '../organizations/organization-data.js'

/** Source: Scalekit's documentation of redirect URLs per organization. */
const PLACEHOLDER = /\{\{([\w-]+)\}\}/g
const WHOLE = /^\{\{[\w-]+\}\}$/

/** The fields whose URIs may have placeholders for an organization. */
const FIELDS = ['post_login_uris', 'post_logout_redirect_uris', 'initiate_login_uri']

/** Whether a URI has placeholders that an organization fills in: `https://{{org_slug}}.example.com`. */
export function isTemplate(uri: string): boolean {
  return uri.includes('{{')
}

/** The problem with the placeholders of a URI: each must be a whole host, label of the host or segment of the path. */
export function templateProblem(uri: string, field: string): string | undefined {
  if (!FIELDS.includes(field)) return 'must have no placeholder'
  if (uri.includes('*')) return 'must not have both a placeholder and a wildcard'
  const { labels, segments } = partsOf(uri)
  const written = [...labels, ...segments].filter((part) => WHOLE.test(part)).length
  return written === uri.split('{{').length - 1 && written === uri.split('}}').length - 1
    ? undefined
    : 'must have {{org_slug}}, {{external_id}} or a metadata key such as {{plan}} as the whole host, a whole label of it, or a whole segment of the path'
}

/** The URI with an example in place of each placeholder, which the rules of URIs are applied to. */
export function exampleOf(uri: string): string {
  return fill(uri, (_name, isHost) => (isHost ? 'app.example' : 'example')) ?? uri
}

/** The URI of an organization; undefined where it lacks a value, or has one that would change the form of the URI. */
export function uriOfOrganization(uri: string, organization: OrganizationRow): string | undefined {
  const { metadata } = organizationData(organization)
  const { slug: org_slug, external_id } = organization
  const values = new Map(Object.entries({ ...metadata, org_slug, external_id }))
  return fill(uri, (name) => values.get(name) ?? undefined)
}

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i
const HOST = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i
/** RFC 3986, section 2.3, without the segments that a parser removes. */
const SEGMENT = /^(?!\.{1,2}$)[\w.~-]+$/

/** Replaces every placeholder; undefined where one has no value that fits its place. */
function fill(
  uri: string,
  valueFor: (name: string, isHost: boolean) => string | undefined,
): string | undefined {
  const { start, labels, port, segments } = partsOf(uri)
  let complete = true
  const filled = (part: string, form: RegExp, isHost = false) =>
    part.replace(PLACEHOLDER, (_all, name: string) => {
      const value = valueFor(name, isHost)
      if (value !== undefined && form.test(value)) return value
      complete = false
      return ''
    })
  const whole = labels.length === 1
  const host = labels.map((label) => filled(label, whole ? HOST : LABEL, whole)).join('.')
  const path = segments.map((segment) => filled(segment, SEGMENT)).join('/')
  return complete ? start + host + port + path : undefined
}

/** A URI in the parts that a placeholder can be. */
function partsOf(uri: string) {
  const [, start = '', host = '', port = '', path = ''] = /^([^/]*\/\/)?([^/:]*)(:\d+)?(.*)$/.exec(uri) ?? []
  return { start, labels: host.split('.'), port, segments: path.split('/') }
}
