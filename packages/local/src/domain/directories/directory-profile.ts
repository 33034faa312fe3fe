import type { UserProfile } from '../users/user-data.js'
import type { DirectoryData, DirectoryUserData } from './directory-data.js'
import { isObject, type Json, type JsonObject, valueIn } from './json.js'

/** The parts of a profile that a directory can set. */
type DirectoryProfile = Partial<
  Pick<
    UserProfile,
    'first_name' | 'last_name' | 'name' | 'locale' | 'phone_number' | 'preferred_username' | 'picture'
  >
> & { custom_attributes: Record<string, string> }

const MAPPABLE = ['first_name', 'last_name', 'name', 'locale', 'phone_number', 'picture'] as const

/**
 * The profile that a directory gives a user. Attributes of schema extensions are custom attributes by their own
 * names; the directory's attribute mappings add to these, or fill a part of the profile.
 */
export function directoryProfile(
  { detail, given_name, family_name, preferred_username }: DirectoryUserData,
  mappings: DirectoryData['attributes'],
): DirectoryProfile {
  const profile: DirectoryProfile = {
    ...present('first_name', given_name),
    ...present('last_name', family_name),
    ...present('preferred_username', preferred_username),
    ...present('name', text(detail.displayName) || text(at(detail, 'name', 'formatted'))),
    ...present('locale', text(detail.locale) || text(detail.preferredLanguage)),
    ...present('phone_number', primaryValue(detail.phoneNumbers)),
    ...present('picture', primaryValue(detail.photos)),
    custom_attributes: extensionAttributes(detail),
  }
  for (const { key, map_to } of mappings) {
    const value = mapped(detail, key)
    if (value === '') continue
    const own = MAPPABLE.find((name) => name === map_to)
    if (own === undefined) profile.custom_attributes[map_to] = value
    else profile[own] = value
  }
  return profile
}

/** A profile that follows a directory: what it sets now, without what it set before, and the rest as it is. */
export function followedProfile(
  profile: UserProfile,
  before: DirectoryProfile | undefined,
  after: DirectoryProfile,
): UserProfile {
  const { custom_attributes: gone = {}, ...unset } = before ?? {}
  const cleared = Object.fromEntries(Object.keys(unset).map((name) => [name, undefined]))
  const kept = Object.entries(profile.custom_attributes).filter(([name]) => !(name in gone))
  return {
    ...profile,
    ...cleared,
    ...after,
    custom_attributes: { ...Object.fromEntries(kept), ...after.custom_attributes },
  }
}

function present<Name extends string>(name: Name, value: string): { [name in Name]?: string } {
  return value === '' ? {} : ({ [name]: value } as { [name in Name]: string })
}

function extensionAttributes(detail: JsonObject): Record<string, string> {
  const extensions = Object.entries(detail).filter(([name]) => /^urn:/i.test(name))
  const attributes = extensions.flatMap(([, value]) => (isObject(value) ? Object.entries(value) : []))
  return Object.fromEntries(
    attributes.map(([name, value]) => [name, text(value)]).filter(([, value]) => value !== ''),
  )
}

/** What a mapping names: an attribute, one of an attribute's, or one of an extension. */
function mapped(detail: JsonObject, key: string): string {
  const [, urn, path] = /^(urn:.+):([^:]+)$/i.exec(key) ?? []
  if (urn !== undefined) return text(at(detail, urn, ...(path ?? '').split('.')))
  const own = at(detail, ...key.split('.'))
  return text(own) || primaryValue(own) || (extensionAttributes(detail)[key] ?? '')
}

function at(value: Json | undefined, ...names: readonly string[]): Json | undefined {
  return names.reduce<Json | undefined>(
    (holder, name) => (isObject(holder) ? valueIn(holder, name) : undefined),
    value,
  )
}

/** The value of the primary member of a list, or of the first. */
function primaryValue(list: Json | undefined): string {
  const members = Array.isArray(list) ? list.filter(isObject) : []
  return text((members.find(({ primary }) => primary === true) ?? members[0])?.value)
}

function text(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''
}
