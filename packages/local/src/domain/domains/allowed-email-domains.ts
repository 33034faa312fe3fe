import type { Kysely } from 'kysely'
import type { OrganizationRow, Schema } from '../../storage/schema.js'
import { domainOf } from '../domains/domain-data.js'

/** Where everybody can have an address. The largest providers, not all of them. */
const PUBLIC = new Set(
  `163.com 126.com yeah.net qq.com foxmail.com sina.com sohu.com naver.com daum.net hanmail.net
  gmail.com googlemail.com msn.com ymail.com rocketmail.com icloud.com me.com mac.com
  proton.me protonmail.com protonmail.ch pm.me tutanota.com tuta.com tuta.io hushmail.com hey.com
  zoho.com zoho.eu zoho.in zohomail.com fastmail.com fastmail.fm mail.com email.com inbox.com mailbox.org
  mail.ru bk.ru list.ru inbox.ru rambler.ru ukr.net wp.pl o2.pl onet.pl interia.pl seznam.cz
  web.de t-online.de freenet.de mail.de posteo.de bluewin.ch
  orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it
  btinternet.com sky.com virginmedia.com comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net
  shaw.ca rogers.com bigpond.com uol.com.br bol.com.br terra.com.br rediffmail.com`.split(/\s+/),
)

/** Providers with a domain in many countries: `yahoo.com`, `yahoo.de`, `yahoo.co.uk`, `yahoo.com.br`. */
const PUBLIC_EVERYWHERE =
  /^(aol|gmx|hotmail|live|outlook|windowslive|yahoo|yandex)\.(com|net|(com?\.)?[a-z]{2})$/

/** Disposable domains that the list of the library does not have. */
const MORE_DISPOSABLE = new Set(
  `tempmail.com tempmail.net temp-mail.io throwaway.email burnermail.io spamgourmet.com 33mail.com
  minutemail.com`.split(/\s+/),
)

/** Whether everybody can have an address of a domain. */
export function isPublicDomain(domain: string): boolean {
  return PUBLIC.has(domain) || PUBLIC_EVERYWHERE.test(domain)
}

/** Whether everybody can have an address of a domain, or of one that it is a subdomain of, for an hour. */
export async function isDisposableDomain(domain: string): Promise<boolean> {
  // The list is long, and few environments ask for it.
  const { isDisposableEmailDomain } = (await import('disposable-email-domains-js')).default
  const labels = domain.split('.')
  const suffixes = labels.slice(0, -1).map((_, start) => labels.slice(start).join('.'))
  return suffixes.some((suffix) => isDisposableEmailDomain(suffix) || MORE_DISPOSABLE.has(suffix))
}

/** The organizations that welcome an address by its domain, without those that the user, who may be new, has a membership of. */
export function joinableOrganizations(
  db: Kysely<Schema>,
  environment: string,
  user: { readonly id?: string; readonly email: string },
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
      memberships
        .selectFrom('memberships')
        .select('organization_id')
        .where('user_id', '=', user.id ?? ''),
    )
    .orderBy('id')
    .execute()
}
