import type { Migration } from './migration.js'

/** What two processes that write at the same moment must not both take. */
export const uniqueNames: Migration = {
  name: '0006-unique-names',
  statements: () => [
    'create unique index resources_url on resources (realm, url)',
    `create unique index domains_organization on domains (environment_id, domain)
      where type = 'ORGANIZATION_DOMAIN'`,
    `create unique index domains_email on domains (organization_id, domain)
      where type = 'ALLOWED_EMAIL_DOMAIN'`,
  ],
}
