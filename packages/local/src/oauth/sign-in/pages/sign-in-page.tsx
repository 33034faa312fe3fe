import type { Ceremony } from '../../../domain/passkeys/ceremonies.js'
import type { Person } from '../../../domain/users/people.js'
import { Page } from '../../../http/page/page.js'
import { PasskeyForm } from './passkey-page.js'
import { PASSKEY_SCRIPT_PATH } from './passkey-script.js'

export interface SignInView {
  client: string
  /** What the people of this realm sign in to. */
  realm: string
  /** Whether it is a sign-up that was asked for. */
  create: boolean
  people: Person[]
  /** Whether one can prove an e-mail address here. */
  byEmail: boolean
  /** Whether people have passwords here. */
  byPassword: boolean
  /** What the browser is asked for, where people have passkeys here. */
  passkey?: Ceremony
  /** Identity providers that everybody may use. */
  connections: { id: string; title: string }[]
  action: string
  csrf: string
  email?: string
  problem?: string
}

/** Signing in is choosing who to be: everybody who is seeded is one button. */
export function SignInPage(view: SignInView) {
  const { client, realm, people, byEmail, byPassword, connections, action, csrf, email, problem } = view
  const { passkey, create } = view
  const title = create ? 'Sign up' : 'Sign in'
  return (
    <Page title={title} {...(passkey === undefined ? {} : { script: PASSKEY_SCRIPT_PATH })}>
      <h1>{title}</h1>
      <p class="lead">
        <strong>{client}</strong> wants to know who you are in <strong>{realm}</strong>.
      </p>
      {problem !== undefined && (
        <p class="problem" role="alert" id="problem">
          {problem}
        </p>
      )}
      {people.length > 0 && (
        <form method="post" action={action} aria-labelledby="people">
          <input type="hidden" name="csrf" value={csrf} />
          <h2 id="people">Continue as</h2>
          <ul class="people">
            {people.map((person) => (
              <li>
                <button type="submit" class="person" name="person" value={person.id}>
                  <span class="initial" aria-hidden="true">
                    {person.name.slice(0, 1).toUpperCase()}
                  </span>
                  <span class="who">
                    <span class="name">{person.name}</span>
                    <span class="email">{person.email}</span>
                  </span>
                  {person.role !== undefined && (
                    <span class="role">{person.role === 'ADMIN' ? 'Admin' : 'User'}</span>
                  )}
                </button>
              </li>
            ))}
          </ul>
        </form>
      )}
      <form method="post" action={action} class="by-email" novalidate>
        <input type="hidden" name="csrf" value={csrf} />
        <label for="email">{people.length > 0 ? 'Or by e-mail address' : 'E-mail address'}</label>
        <div class="row">
          <input
            id="email"
            name="email"
            type="email"
            autocomplete="username"
            required
            value={email ?? ''}
            aria-describedby={problem === undefined ? undefined : 'problem'}
            aria-invalid={problem === undefined ? undefined : 'true'}
          />
          <button type="submit" class="secondary">
            Continue
          </button>
        </div>
        {byEmail && (
          <button type="submit" class="secondary wide" name="way" value="email">
            E-mail me a code
          </button>
        )}
      </form>
      {connections.length > 0 && (
        <ul class="providers by-email">
          {connections.map(({ id, title }) => (
            <li>
              <a class="button" href={`${action}/with/${id}`}>
                {title}
              </a>
            </li>
          ))}
        </ul>
      )}
      {byPassword && <PasswordForm {...{ action, csrf, email: email ?? '' }} />}
      {passkey !== undefined && <PasskeyForm {...{ action, csrf, ceremony: passkey, email: email ?? '' }} />}
    </Page>
  )
}

function PasswordForm({ action, csrf, email }: { action: string; csrf: string; email: string }) {
  return (
    <form method="post" action={action} class="by-email fields" novalidate>
      <input type="hidden" name="csrf" value={csrf} />
      <label for="password-email">Or with a password: e-mail address</label>
      <input id="password-email" name="address" type="email" autocomplete="username" required value={email} />
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required />
      <div class="answer">
        <button type="submit" name="way" value="password">
          Sign in
        </button>
        <button type="submit" class="secondary" name="way" value="password-link">
          Set or reset it by e-mail
        </button>
      </div>
    </form>
  )
}
