import { isDisposableEmailDomain } from 'disposable-email-domains-js'
import type { Kysely } from 'kysely'
import type { OrganizationRow, Schema } from '../../storage/schema.js'
import { domainOf } from '../domains/domain-data.js'

/** Where everybody can have an address. The largest providers, not all of them. */
const PUBLIC = new Set([
  ...[
    'gmail.com',
    'googlemail.com',
    'outlook.com',
    'hotmail.com',
    'live.com',
    'msn.com',
    'yahoo.com',
    'ymail.com',
  ],
  ...[
    'icloud.com',
    'me.com',
    'mac.com',
    'aol.com',
    'proton.me',
    'protonmail.com',
    'gmx.com',
    'gmx.net',
    'gmx.de',
  ],
  ...[
    'web.de',
    'zoho.com',
    'yandex.com',
    'yandex.ru',
    'mail.ru',
    'mail.com',
    'fastmail.com',
    'hey.com',
    'qq.com',
  ],
  ...['163.com', '126.com', 'rediffmail.com'],
])

/** Whether everybody can have an address of a domain. */
export function isPublicDomain(domain: string): boolean {
  return PUBLIC.has(domain)
}

/** Whether everybody can have an address of a domain for an hour. */
export function isDisposableDomain(domain: string): boolean {
  return isDisposableEmailDomain(domain)
}

/** The organizations that welcome an address by its domain, without those that the user has a membership of. */
export function joinableOrganizations(
  db: Kysely<Schema>,
  environment: string,
  user: { readonly id: string; readonly email: string },
): Promise<OrganizationRow[]> {
  return db
    .selectFrom('organizations')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', 'in', (domains) =>
      domains
        .selectFrom('domains')
        .select('organization_id')
        .where('environment_id', '=', environment)
        .where('type', '=', 'ALLOWED_EMAIL_DOMAIN')
        .where('domain', '=', domainOf(user.email)),
    )
    .where('id', 'not in', (memberships) =>
      memberships.selectFrom('memberships').select('organization_id').where('user_id', '=', user.id),
    )
    .orderBy('id')
    .execute()
}
