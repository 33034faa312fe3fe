import type { Person } from '../../../domain/users/people.js'
import { Page } from '../../../http/page/page.js'
import type { Destination } from './destination.js'

export interface ConsentView {
  client: { name: string; host: string }
  resource: string
  /** Where the browser goes afterwards. */
  destination: Destination
  person: Person
  scopes: { scope: string; words: string; writes: boolean }[]
  /** Asked for, and not this person's to give. */
  withheld: string[]
  action: string
  csrf: string
}

/** What is asked, by whom, for what, and where the answer goes. What changes data stands out. */
export function ConsentPage(view: ConsentView) {
  const { client, resource, destination, person, scopes, withheld, action, csrf } = view
  return (
    <Page title={`Allow ${client.name}?`}>
      <h1>
        Allow <span class="client">{client.name}</span> to use {resource}?
      </h1>
      <dl class="facts">
        <dt>Client</dt>
        <dd>
          {client.name} <span class="host">{client.host}</span>
        </dd>
        <dt>You are</dt>
        <dd>
          {person.name} <span class="host">{person.email}</span>
        </dd>
        <dt>Returns to</dt>
        <dd>
          <strong>{destination.place}</strong> <span class="host">{destination.words}</span>
        </dd>
      </dl>
      {scopes.length > 0 && <h2>It will be able to</h2>}
      <ul class="scopes">
        {scopes.map(({ scope, words, writes }) => (
          <li class={writes ? 'write' : 'read'}>
            <span class="words">{words}</span>
            <span class="name-of-scope">
              <code>{scope}</code>
              {writes && <span class="tag">Changes data</span>}
            </span>
          </li>
        ))}
      </ul>
      {withheld.length > 0 && (
        <p class="note">
          {scopes.length === 0 ? 'Nothing can be allowed: ' : 'Left out: '}
          {withheld.map((scope, index) => (
            <>
              {index > 0 && ', '}
              <code>{scope}</code>
            </>
          ))}
          . Members with the role User may allow reading only; an Admin may allow this.
        </p>
      )}
      <form method="post" action={action} class="answer">
        <input type="hidden" name="csrf" value={csrf} />
        {scopes.length > 0 && (
          <button type="submit" name="answer" value="allow">
            Allow
          </button>
        )}
        <button type="submit" class="secondary" name="answer" value="deny">
          Deny
        </button>
      </form>
    </Page>
  )
}
