import type { DomainData } from '../domain/domains/domain-data.js'
import { State } from '../http/page/data-table.js'
import type { DomainRow } from '../storage/registry-schema.js'
import { ActionForm, type PortalFrame, PortalPage } from './portal-frame.js'

export interface DomainView extends PortalFrame {
  domain: DomainRow
  data: DomainData
}

const WORDS = {
  PENDING: 'pending',
  VERIFIED: 'verified',
  AUTO_VERIFIED: 'verified',
  FAILED: 'failed',
} as const

/** Whether a domain is verified, as a word. */
export function DomainStatus({ domain: { status } }: { domain: DomainRow }) {
  return (
    <State good={WORDS[status] === 'verified'} bad={status === 'FAILED'}>
      {WORDS[status]}
    </State>
  )
}

/** A domain of the organization: the record that proves it, and the check. */
export function DomainPage({ domain, data, ...frame }: DomainView) {
  const pending = domain.status === 'PENDING'
  return (
    <PortalPage {...frame}>
      <p class="lead">
        This domain is <DomainStatus domain={domain} />. {NEXT[domain.status]}
      </p>
      {pending && (
        <dl class="facts">
          <dt>Type</dt>
          <dd>TXT</dd>
          <dt>Name</dt>
          <dd>
            <code>{data.txt_record_key}</code>
          </dd>
          <dt>Value</dt>
          <dd>
            <code>{data.txt_record_secret}</code>
          </dd>
        </dl>
      )}
      <ActionForm
        csrf={frame.csrf}
        actions={[...(pending ? [['verify', 'Verify now'] as [string, string]] : []), ['delete', 'Remove']]}
      />
    </PortalPage>
  )
}

const NEXT = {
  PENDING: 'Publish this DNS record, then verify the domain.',
  VERIFIED: '',
  AUTO_VERIFIED: '',
  FAILED: 'The record was not found in time. Remove the domain and add it again.',
} as const

/** The domains of the organization, and a form for another one. */
export function DomainSection({ root, domains, csrf }: { root: string; domains: DomainRow[]; csrf: string }) {
  return (
    <section aria-labelledby="domains">
      <h2 id="domains">Domains</h2>
      {domains.length === 0 && <p>No domain is added yet.</p>}
      <ul class="entries">
        {domains.map((domain) => (
          <li>
            <a href={`${root}/domains/${domain.id}`}>{domain.domain}</a> <DomainStatus domain={domain} />
          </li>
        ))}
      </ul>
      <form method="post" action={`${root}/domains`} class="fields">
        <input type="hidden" name="csrf" value={csrf} />
        <label for="domain">Domain</label>
        <input id="domain" name="domain" type="text" autocomplete="off" required maxlength={253} />
        <div class="answer">
          <button type="submit" class="secondary">
            Add a domain
          </button>
        </div>
      </form>
    </section>
  )
}
