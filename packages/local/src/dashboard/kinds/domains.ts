import { textAt } from '../dashboard-api.js'
import { code, inWords, time } from './cells.js'
import { action, deletion, options, required, select, textField } from './fields.js'
import type { Ids, Kind } from './kind.js'
import { organizations } from './organizations.js'

const one = ({ organization = '', domain = '' }: Ids) => ({ organization_id: organization, id: domain })

/** The domains of an organization. The API has no method that changes one. */
export const domains: Kind = {
  slug: 'domains',
  param: 'domain',
  one: 'domain',
  title: 'Domain',
  many: 'Domains',
  lead: 'Addresses of these domains lead to the single sign-on of this organization, or may join it.',
  parent: organizations,
  idOf: (object) => textAt(object, 'id'),
  titleOf: (object) => textAt(object, 'domain'),
  list: {
    method: 'DomainService.ListDomains',
    message: ({ organization = '' }) => ({ organization_id: organization }),
    items: 'domains',
    paged: 'number',
  },
  get: { method: 'DomainService.GetDomain', message: one, object: 'domain' },
  columns: [
    inWords('Type', 'domain_type'),
    inWords('Verification', 'verification_status'),
    time('Created', 'create_time'),
  ],
  facts: [
    inWords('Verified by', 'verification_method'),
    code('TXT record', 'txt_record_key'),
    code('Value of the record', 'txt_record_secret'),
  ],
  creates: [
    {
      name: 'new',
      label: 'Create domain',
      method: 'DomainService.CreateDomain',
      message: ({ organization = '' }) => ({ organization_id: organization }),
      fields: () => [
        textField('domain.domain', 'Domain', { ...required, help: 'Such as acme.example.' }),
        select('domain.domain_type', 'Type', {
          ...required,
          options: options('ORGANIZATION_DOMAIN', 'ALLOWED_EMAIL_DOMAIN'),
          help: 'The first leads to single sign-on. The second lets people with such an address join.',
        }),
      ],
    },
  ],
  operations: [
    action(
      'verify',
      'Verify domain',
      'Looks up the TXT record. Records of this machine are set with /__local/dns.',
      'DomainService.VerifyDomain',
      one,
      { applies: (object) => ['PENDING', 'FAILED'].includes(textAt(object, 'verification_status')) },
    ),
    deletion(
      'domain',
      'Its addresses no longer lead to this organization.',
      'DomainService.DeleteDomain',
      one,
    ),
  ],
}
