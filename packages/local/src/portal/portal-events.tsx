import type { ConnectionRow, DirectoryRow } from '../storage/registry-schema.js'

/** What the application that embeds the portal is told. */
export interface PortalEvent {
  readonly event_type: string
  readonly object: 'portal' | 'connection' | 'directory'
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface PortalEventsView {
  readonly events: readonly PortalEvent[]
  readonly organization?: string
  /** Milliseconds until the session ends. */
  readonly endsIn?: number
}

/** Where the script of the portal finds what to tell. */
export function PortalEvents({ events, organization, endsIn }: PortalEventsView) {
  return (
    <div
      id="portal-events"
      hidden
      data-events={JSON.stringify(events)}
      data-organization={organization}
      data-ends-in={endsIn}
    ></div>
  )
}

export const loaded = (expiry: number): PortalEvent => ({
  event_type: 'PORTAL_LOAD_SUCCESS',
  object: 'portal',
  message: 'The portal is loaded',
  data: { expiry: new Date(expiry).toISOString() },
})

export const SESSION_EXPIRED: PortalEvent = {
  event_type: 'PORTAL_LOAD_FAILURE',
  object: 'portal',
  message: 'The portal session has ended',
  data: { error_code: 'SESSION_EXPIRED' },
}

export function connectionToggled({ id, type, provider, enabled }: ConnectionRow): PortalEvent {
  const on = enabled === 1
  return {
    event_type: `ORGANIZATION_SSO_${on ? 'ENABLED' : 'DISABLED'}`,
    object: 'connection',
    message: `Single sign-on is ${on ? 'enabled' : 'disabled'}`,
    data: { id, type, provider, enabled: on, connection_type: 'SSO' },
  }
}

export function directoryToggled({ id, type, provider, enabled }: DirectoryRow): PortalEvent {
  const on = enabled === 1
  return {
    event_type: `ORGANIZATION_DIRECTORY_${on ? 'ENABLED' : 'DISABLED'}`,
    object: 'directory',
    message: `The directory is ${on ? 'enabled' : 'disabled'}`,
    data: { id, type, provider, enabled: on },
  }
}
