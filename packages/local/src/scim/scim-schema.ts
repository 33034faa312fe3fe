/** An attribute of a resource (RFC 7643, section 2.2). What is not said has the default of that section. */
export interface Attribute {
  readonly name: string
  readonly type: 'string' | 'boolean' | 'complex' | 'reference' | 'binary' | 'dateTime'
  readonly multiValued?: boolean
  readonly required?: boolean
  readonly caseExact?: boolean
  readonly mutability?: 'readOnly' | 'writeOnly'
  readonly returned?: 'always' | 'never'
  readonly uniqueness?: 'server'
  readonly subAttributes?: readonly Attribute[]
}

export interface Schema {
  readonly id: string
  readonly name: string
  readonly attributes: readonly Attribute[]
}

/** A kind of resource: its own schema, and those that can extend it. */
export interface ResourceType {
  readonly name: 'User' | 'Group'
  readonly endpoint: '/Users' | '/Groups'
  readonly core: Schema
  readonly extensions: readonly Schema[]
}

type Limits = Omit<Attribute, 'name' | 'type'>

const string = (name: string, limits: Limits = {}): Attribute => ({ name, type: 'string', ...limits })
const complex = (name: string, subAttributes: readonly Attribute[], limits: Limits = {}): Attribute => ({
  ...{ name, type: 'complex', subAttributes },
  ...limits,
})

/** A list whose members have a value, a type, and one of them is the primary one (RFC 7643, section 2.4). */
const list = (name: string, value: Partial<Attribute> = {}): Attribute =>
  complex(
    name,
    [
      { name: 'value', type: 'string', ...value },
      ...['display', 'type'].map((one) => string(one)),
      { name: 'primary', type: 'boolean' },
    ],
    { multiValued: true },
  )

/** Who belongs where: by id, with a link. */
const references = (name: string, limits: Limits, value: Limits = {}): Attribute =>
  complex(
    name,
    [
      string('value', { caseExact: true, ...value }),
      { name: '$ref', type: 'reference', caseExact: true },
      string('display'),
      string('type'),
    ],
    { multiValued: true, ...limits },
  )

/** RFC 7643, sections 3 and 3.1: what every resource has. */
export const COMMON: readonly Attribute[] = [
  {
    ...{ name: 'schemas', type: 'reference', multiValued: true, caseExact: true },
    ...{ mutability: 'readOnly', returned: 'always' },
  },
  string('id', { caseExact: true, mutability: 'readOnly', returned: 'always', uniqueness: 'server' }),
  string('externalId', { caseExact: true }),
  complex(
    'meta',
    [
      string('resourceType', { caseExact: true }),
      { name: 'created', type: 'dateTime' },
      { name: 'lastModified', type: 'dateTime' },
      { name: 'location', type: 'reference', caseExact: true },
      string('version', { caseExact: true }),
    ],
    { mutability: 'readOnly' },
  ),
]

/** RFC 7643, section 4.1. */
const USER: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  attributes: [
    string('userName', { required: true, uniqueness: 'server' }),
    complex(
      'name',
      ['formatted', 'familyName', 'givenName', 'middleName', 'honorificPrefix', 'honorificSuffix'].map(
        (name) => string(name),
      ),
    ),
    ...['displayName', 'nickName', 'title', 'userType', 'preferredLanguage', 'locale', 'timezone'].map(
      (name) => string(name),
    ),
    { name: 'profileUrl', type: 'reference' },
    { name: 'active', type: 'boolean' },
    string('password', { mutability: 'writeOnly', returned: 'never' }),
    ...['emails', 'phoneNumbers', 'ims', 'entitlements', 'roles'].map((name) => list(name)),
    list('photos', { type: 'reference', caseExact: true }),
    list('x509Certificates', { type: 'binary', caseExact: true }),
    complex(
      'addresses',
      [
        ...['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country', 'type'].map((name) =>
          string(name),
        ),
        { name: 'primary', type: 'boolean' },
      ],
      { multiValued: true },
    ),
    references('groups', { mutability: 'readOnly' }),
  ],
}

/** RFC 7643, section 4.2. */
const GROUP: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  attributes: [string('displayName', { required: true }), references('members', {}, { required: true })],
}

/** RFC 7643, section 4.3. */
const ENTERPRISE: Schema = {
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  attributes: [
    ...['employeeNumber', 'costCenter', 'organization', 'division', 'department'].map((name) => string(name)),
    complex('manager', [
      string('value', { caseExact: true }),
      { name: '$ref', type: 'reference', caseExact: true },
      string('displayName'),
    ]),
  ],
}

export const USERS: ResourceType = {
  ...{ name: 'User', endpoint: '/Users', core: USER },
  extensions: [ENTERPRISE],
}
export const GROUPS: ResourceType = { name: 'Group', endpoint: '/Groups', core: GROUP, extensions: [] }

export function attributeIn(attributes: readonly Attribute[], name: string): Attribute | undefined {
  return attributes.find((one) => one.name.toLowerCase() === name.toLowerCase())
}

/** The attributes of a schema of a resource: the resource's own without a `schema`. Unknown extensions have none. */
export function attributesOf(type: ResourceType, schema: string | undefined): readonly Attribute[] {
  if (schema === undefined) return [...COMMON, ...type.core.attributes]
  return type.extensions.find(({ id }) => id === schema)?.attributes ?? []
}
