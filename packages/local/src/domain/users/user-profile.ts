import type { UserProfile } from './user-data.js'

/** A profile as a request gives it: what is empty is not given. */
export interface GivenProfile {
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly givenName?: string | undefined
  readonly familyName?: string | undefined
  readonly name?: string | undefined
  readonly locale?: string | undefined
  readonly phoneNumber?: string | undefined
  readonly preferredUsername?: string | undefined
  readonly picture?: string | undefined
  readonly gender?: string | undefined
  readonly groups: string[]
  readonly metadata: Record<string, string>
  readonly customAttributes: Record<string, string>
}

/**
 * The part of a profile that a request gives. `given_name` and `family_name` are newer names of `first_name`
 * and `last_name`; where these change and no full name is given, the full name follows them.
 */
export function profileOf(profile: GivenProfile | undefined): Partial<UserProfile> {
  if (!profile) return {}
  const texts = {
    first_name: profile.givenName || profile.firstName,
    last_name: profile.familyName || profile.lastName,
    name: profile.name,
    locale: profile.locale,
    phone_number: profile.phoneNumber,
    preferred_username: profile.preferredUsername,
    picture: profile.picture,
    gender: profile.gender,
  }
  const renamed = Boolean(texts.first_name || texts.last_name)
  return {
    ...(renamed && { name: undefined }),
    ...Object.fromEntries(Object.entries(texts).filter(([, value]) => value)),
    ...(profile.groups.length > 0 && { groups: profile.groups }),
    ...(Object.keys(profile.metadata).length > 0 && { metadata: profile.metadata }),
    ...(Object.keys(profile.customAttributes).length > 0 && { custom_attributes: profile.customAttributes }),
  }
}
