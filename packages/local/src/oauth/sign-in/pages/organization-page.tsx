import type { Person } from '../../../domain/users/people.js'
import { Page } from '../../../http/page/page.js'
import type { OrganizationOffer } from '../choose-organization.js'

export interface OrganizationView {
  client: string
  person: Person
  offers: OrganizationOffer[]
  action: string
  csrf: string
}

const BADGES = { member: undefined, invited: 'Invited', joins: 'Join', creates: 'Create' }

/** Who belongs to several organizations, or may join one, says in which one they act. */
export function OrganizationPage({ client, person, offers, action, csrf }: OrganizationView) {
  return (
    <Page title="Choose an organization">
      <h1>Choose an organization</h1>
      <p class="lead">
        You are <strong>{person.name}</strong>. Which organization is <strong>{client}</strong> for?
      </p>
      <form method="post" action={action}>
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="person" value={person.id} />
        <ul class="people">
          {offers.map(({ id, display_name, entry }) => (
            <li>
              <button type="submit" class="person" name="organization" value={id}>
                <span class="initial" aria-hidden="true">
                  {(display_name || id).slice(0, 1).toUpperCase()}
                </span>
                <span class="who">
                  <span class="name">{display_name || id}</span>
                  {entry !== 'creates' && <span class="email">{id}</span>}
                </span>
                {BADGES[entry] !== undefined && <span class="role">{BADGES[entry]}</span>}
              </button>
            </li>
          ))}
        </ul>
      </form>
      <form method="post" action={action} class="by-email">
        <input type="hidden" name="csrf" value={csrf} />
        <button type="submit" class="secondary wide" name="way" value="another-account">
          Use another account
        </button>
      </form>
    </Page>
  )
}
