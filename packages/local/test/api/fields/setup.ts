import { Code } from '@connectrpc/connect'
import {
  ClientService,
  ConnectionService,
  DirectoryService,
  DomainService,
  EventsService,
  WebAuthnService,
} from '@scalekit-mcp/api'
import { expect } from 'vitest'
import { enablePasskeys, makePasskey } from '../authenticator.js'
import { ACME, DEV } from '../local.js'
import type { Observation } from './observation.js'

const ANA = 'usr_100000000000000101'
const DOMAIN = 'dom_100000000000000001'
const DIRECTORY = 'dir_100000000000000001'
const OKTA = 'conn_100000000000000002'

/** What pages for setting up an organization and an account use. */
export const setupFields: readonly Observation[] = [
  {
    seen: 'in whose domain it is, and in which hosts an organization fills in',
    fields: [
      [DomainService.method.updateDomain, 'external_id'],
      [DomainService.method.listAuthorizedDomains, 'link_id'],
    ],
    async observe({ wire, local }) {
      const api = wire.client(DomainService)
      const of = (value: string) => ({ case: 'externalId' as const, value })
      const { domain } = await api.updateDomain({ identities: of('acme'), id: DOMAIN, domain: {} })
      expect(domain).toMatchObject({ id: DOMAIN, organizationId: ACME })
      const other = api.updateDomain({ identities: of('globex'), id: DOMAIN, domain: {} })
      await expect(other).rejects.toMatchObject({ code: Code.NotFound })

      const postLoginUris = ['https://{{external_id}}.app.example/callback']
      await wire
        .client(ClientService)
        .createClient({ client: { name: 'Shop', clientType: 'WEB_APP', postLoginUris } })
      const { location } = await local.sdk(DEV).organization.generatePortalLink(ACME)
      const linkId = location.split('/').at(-1) ?? ''
      const origin = 'https://acme.app.example'
      expect((await api.listAuthorizedDomains({ origin })).domains).toEqual([])
      expect((await api.listAuthorizedDomains({ origin, linkId })).domains).toEqual(['acme.app.example'])
    },
  },
  {
    seen: 'in what is kept with a connection or a directory, and in an event',
    fields: [
      [ConnectionService.method.updateConnectionContext, 'context'],
      [DirectoryService.method.updateDirectoryContext, 'context'],
      [EventsService.method.sendCustomEvent, 'event'],
    ],
    async observe({ wire }) {
      const context = { step: 3 }
      const connection = { organizationId: ACME, connectionId: OKTA }
      const api = wire.client(ConnectionService)
      await api.updateConnectionContext({ ...connection, context })
      expect((await api.getConnectionContext(connection)).context).toEqual(context)
      const directory = { organizationId: ACME, directoryId: DIRECTORY }
      const directories = wire.client(DirectoryService)
      await directories.updateDirectoryContext({ ...directory, context })
      expect((await directories.getDirectoryContext(directory)).context).toEqual(context)
      const events = wire.client(EventsService)
      await events.sendCustomEvent({ eventType: 'portal.opened', event: { page: 'sso' } })
      const { events: listed } = await events.listEvents({ filter: { eventTypes: ['portal.opened'] } })
      expect(listed).toMatchObject([{ data: { page: 'sso' } }])
    },
  },
  {
    seen: 'in the passkey that a user makes, and in whether it is accepted',
    fields: [
      [
        WebAuthnService.method.finishRegistration,
        ...['credential_id', 'attestation_object', 'client_data_json', 'type', 'transports'],
        ...['authenticator_attachment', 'client_extension_results'],
      ],
    ],
    async observe({ wire, local }) {
      await enablePasskeys(wire)
      const api = wire.client(WebAuthnService)
      const asAna = { headers: { authorization: await local.session(ANA) } }
      const made = async () =>
        makePasskey((await api.beginRegistration({}, asAna)).options, 'http://localhost:3000')
      const said = {
        ...{ type: 'public-key', transports: ['internal'], authenticatorAttachment: 'platform' },
        clientExtensionResults: { credProps: { rk: true } },
      }
      const passkey = await made()
      await api.finishRegistration({ ...passkey, ...said }, asAna)
      const { credentials } = await api.listCredentials({ userId: ANA })
      expect(credentials).toHaveLength(1)
      expect(credentials[0]).toMatchObject({
        transports: ['internal'],
        authenticator: { attachment: 'platform' },
      })
      expect(Buffer.from(credentials[0]?.credentialId ?? []).equals(passkey.credentialId)).toBe(true)
      const forgotten = { clientExtensionResults: { credProps: { rk: false } } }
      for (const wrong of [
        { type: 'password' },
        forgotten,
        { attestationObject: passkey.attestationObject },
        { clientDataJson: passkey.clientDataJson },
        { credentialId: passkey.credentialId },
      ]) {
        const refused = api.finishRegistration({ ...(await made()), ...said, ...wrong }, asAna)
        await expect(refused).rejects.toMatchObject({ code: Code.InvalidArgument })
      }
    },
  },
]
