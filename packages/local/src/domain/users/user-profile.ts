import type { users } from '@scalekit-mcp/api'
import type { UserProfile } from './user-data.js'

type Profile = users.CreateUserProfile | users.UpdateUserProfile

/**
 * The part of a profile that a request gives. `given_name` and `family_name` are newer names of `first_name`
 * and `last_name`; where these change and no full name is given, the full name follows them.
 */
export function profileOf(profile: Profile | undefined): Partial<UserProfile> {
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
