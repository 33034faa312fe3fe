import type { AssertedIdentity } from './asserted-identity.js'
import { isCustomAttribute } from './custom-attributes.js'

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const MICROSOFT = 'http://schemas.microsoft.com'

/**
 * What identity providers call an attribute: by a plain name, by Microsoft's URI, by X.500's. In order of preference,
 * and written without regard to case, punctuation and a leading `User.`.
 */
const NAMES = {
  email: [
    'email',
    'mail',
    'emailaddress',
    'e-mail address',
    `${CLAIMS}/emailaddress`,
    'urn:oid:0.9.2342.19200300.100.1.3',
    'urn:oid:1.2.840.113549.1.9.1',
  ],
  given_name: ['given_name', 'firstname', 'first', `${CLAIMS}/givenname`, 'urn:oid:2.5.4.42'],
  family_name: ['family_name', 'lastname', 'last', 'surname', 'sn', `${CLAIMS}/surname`, 'urn:oid:2.5.4.4'],
  name: [
    'name',
    'displayname',
    'fullname',
    `${MICROSOFT}/identity/claims/displayname`,
    'urn:oid:2.16.840.1.113730.3.1.241',
    'urn:oid:2.5.4.3',
  ],
  groups: ['groups', 'group', 'memberof', `${MICROSOFT}/ws/2008/06/identity/claims/groups`],
  picture: ['picture'],
  locale: ['locale', 'urn:oid:2.16.840.1.113730.3.1.39'],
} as const
type Standard = keyof typeof NAMES

/** Other names under which `attribute_mapping` knows the standard attributes. */
const MAPPED: Readonly<Record<string, Standard>> = { firstname: 'given_name', lastname: 'family_name' }

const MAX_VALUE = 1000

/** Attributes as an identity provider sent them, by its names. */
export type SentAttributes = Readonly<Record<string, unknown>>

/**
 * The attributes of somebody, by our names: those that the connection maps come from there, others by the names that
 * identity providers use. The first of several values counts. What is left are custom attributes, the reserved dropped.
 */
export function assertedAttributes(
  sent: SentAttributes,
  mapping: Readonly<Record<string, string>>,
): Omit<Partial<AssertedIdentity>, 'sub'> {
  const attributes = Object.entries(sent).map(([name, value]) => ({
    name,
    key: plain(name),
    texts: textsOf(value),
  }))
  const valuesOf = (names: readonly string[]): string[] => {
    const found = names.flatMap((name) => [
      ...attributes.filter((one) => one.name === name),
      ...attributes.filter((one) => one.key === plain(name)),
    ])
    return found.find(({ texts }) => texts.length > 0)?.texts ?? []
  }
  const mapped = Object.entries(mapping).map(([ours, theirs]) => ({
    name: ours,
    to: standardOf(ours),
    theirs,
  }))
  const standard = (to: Standard): string[] => {
    const [given] = mapped.filter((one) => one.to === to)
    return valuesOf(given === undefined ? NAMES[to] : [given.theirs])
  }
  const groups = standard('groups')
  const known = new Set([
    ...Object.values(NAMES).flat().map(plain),
    ...mapped.map(({ theirs }) => plain(theirs)),
  ])
  const custom = [
    ...attributes.filter(({ key }) => !known.has(key)).map(({ name, texts }) => [name, texts] as const),
    ...mapped
      .filter(({ to }) => to === undefined)
      .map(({ name, theirs }) => [name, valuesOf([theirs])] as const),
  ]
  return {
    email: standard('email')[0],
    name: standard('name')[0],
    given_name: standard('given_name')[0],
    family_name: standard('family_name')[0],
    picture: standard('picture')[0],
    locale: standard('locale')[0],
    groups: groups.length > 0 ? groups : undefined,
    custom: Object.fromEntries(
      custom.flatMap(([name, [value]]) =>
        value !== undefined && isCustomAttribute(name) ? [[name, value]] : [],
      ),
    ),
  }
}

function standardOf(name: string): Standard | undefined {
  const key = plain(name)
  return MAPPED[key] ?? (Object.keys(NAMES) as Standard[]).find((one) => plain(one) === key)
}

/** `User.FirstName`, `first_name` and `firstName` are one attribute. A URI is compared as it is, but for its case. */
function plain(name: string): string {
  const lower = name.trim().toLowerCase()
  return /[:/]/.test(lower) ? lower : lower.replace(/^user\./, '').replace(/[\s._-]/g, '')
}

function textsOf(value: unknown): string[] {
  return [value]
    .flat()
    .flatMap((one) => (['string', 'number', 'boolean'].includes(typeof one) ? [String(one).trim()] : []))
    .filter((text) => text !== '' && text.length <= MAX_VALUE)
}
