import { z } from 'zod'
import { createTickets } from '../sessions/tickets.js'
import type { Store } from '../store.js'
import { findPerson, type Person } from '../users/people.js'
import { countSignIn, findPasskeys, savePasskey } from './passkey-store.js'

const CHALLENGE_SECONDS = 5 * 60

type Library = typeof import('@simplewebauthn/server')

/** What the browser is asked for, and under which name the answer is expected. */
export interface Ceremony {
  options: object
  challenge: string
}

/** The library is an optional peer, of this way to sign in only. */
export async function loadWebAuthn(): Promise<Library | undefined> {
  try {
    return await import('@simplewebauthn/server')
  } catch (error) {
    if (Object(error).code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/** Whether an environment has passkeys: an enabled connection for them. The workspace has none. */
export async function passkeysEnabled({ database }: Store, environment: string): Promise<boolean> {
  const row = await database.db
    .selectFrom('connections')
    .select('id')
    .where('environment_id', '=', environment)
    .where('organization_id', 'is', null)
    .where('type', '=', 'WEBAUTHN')
    .where('enabled', '=', 1)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * The two ceremonies of W3C Web Authentication, section 7, for one environment. A challenge counts once, for the
 * sign-in that it was made for. `expectedOrigin`: whose pages ask; by default those of the environment.
 */
export function createCeremonies(
  context: Store,
  environment: string,
  expectedOrigin: string[] = [new URL(context.baseUrl).origin],
) {
  const { hostname: rpID } = new URL(context.baseUrl)
  const challenges = createTickets(context, environment, 'PasskeyChallenge', z.object({ uid: z.string() }))
  const expected = { expectedOrigin, expectedRPID: rpID, requireUserVerification: false }

  const begin = async (uid: string, options: { challenge: string }): Promise<Ceremony> => {
    await challenges.put(options.challenge, { uid }, CHALLENGE_SECONDS)
    return { options, challenge: options.challenge }
  }

  return {
    /** What the browser is asked for in order to sign in: any passkey that it has for this place. */
    async askForOne(library: Library, uid: string): Promise<Ceremony> {
      return begin(uid, await library.generateAuthenticationOptions({ rpID, userVerification: 'preferred' }))
    },

    async askForNew(library: Library, uid: string, person: Person): Promise<Ceremony> {
      const options = await library.generateRegistrationOptions({
        rpName: 'Scalekit local environment',
        rpID,
        userID: new Uint8Array(Buffer.from(person.id)),
        userName: person.email,
        userDisplayName: person.name,
        attestationType: 'none',
        authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
        excludeCredentials: [...(await findPasskeys(context, environment, person.id)).keys()].map((id) => ({
          id,
        })),
      })
      return begin(uid, options)
    },

    /** Section 7.2. Undefined for whatever is wrong. */
    async signIn(
      library: Library,
      uid: string,
      challenge: string,
      credential: unknown,
    ): Promise<Person | undefined> {
      if ((await challenges.take(challenge))?.uid !== uid) return undefined
      const response = Object(credential) as Parameters<
        Library['verifyAuthenticationResponse']
      >[0]['response']
      const passkey = (await findPasskeys(context, environment)).get(String(response.id))
      if (!passkey) return undefined
      const { publicKey, counter } = passkey
      const { verified, authenticationInfo } = await library
        .verifyAuthenticationResponse({
          ...{ response, expectedChallenge: challenge, ...expected },
          credential: { id: response.id, publicKey, counter },
        })
        .catch(() => ({ verified: false, authenticationInfo: { newCounter: 0 } }))
      if (!verified) return undefined
      await countSignIn(context, passkey, authenticationInfo.newCounter)
      return findPerson(context.database, environment, passkey.userId)
    },

    /** Section 7.1. False for whatever is wrong. */
    async register(
      library: Library,
      uid: string,
      challenge: string,
      { person, credential }: { person: Person; credential: unknown },
    ): Promise<boolean> {
      if ((await challenges.take(challenge))?.uid !== uid) return false
      const response = Object(credential) as Parameters<Library['verifyRegistrationResponse']>[0]['response']
      const made = await library
        .verifyRegistrationResponse({ response, expectedChallenge: challenge, ...expected })
        .catch(() => undefined)
      if (!made?.verified || !made.registrationInfo) return false
      if (made.registrationInfo.credential.id !== response.id) return false
      const { credential: key, aaguid, userVerified, credentialBackedUp } = made.registrationInfo
      await savePasskey(context, environment, {
        ...{ userId: person.id, credentialId: key.id, publicKey: key.publicKey, counter: key.counter },
        ...{ transports: key.transports ?? [], aaguid, userVerified, backedUp: credentialBackedUp },
        attachment: response.authenticatorAttachment,
      })
      return true
    },
  }
}
