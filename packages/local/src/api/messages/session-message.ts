import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { sessions } from '@scalekit-mcp/api'
import type { Device } from '../../domain/sessions/device.js'
import { SessionView } from '../../domain/sessions/session-view.js'
import type { EndedSessionRow } from '../../storage/registry-schema.js'

export function endedView(row: EndedSessionRow): SessionView {
  return SessionView.parse(JSON.parse(row.data))
}

export function toSession(view: SessionView): MessageInitShape<typeof sessions.SessionDetailsSchema> {
  const [organization = ''] = view.organizations
  return {
    ...shared(view),
    organizationId: organization,
    authenticatedOrganizations: [...view.organizations],
    authenticatedClients: (view.uses ?? view.clients.map((client) => ({ client, organization }))).map(
      (use) => ({
        clientId: use.client,
        organizationId: use.organization ?? '',
      }),
    ),
    ...(view.device && { device: toDevice(view.device) }),
    ...(view.last_active_at !== undefined && { lastActiveAt: timestampFromMs(view.last_active_at) }),
    ...(view.idle_expires_at !== undefined && { idleExpiresAt: timestampFromMs(view.idle_expires_at) }),
  }
}

function toDevice(device: Device): MessageInitShape<typeof sessions.DeviceDetailsSchema> {
  const { user_agent, os, os_version, browser, browser_version, device_type, ip } = device
  return {
    ...{ userAgent: user_agent, os, osVersion: os_version, browser, browserVersion: browser_version },
    ...{ deviceType: device_type, ip },
  }
}

export function toRevokedSession(
  view: SessionView,
): MessageInitShape<typeof sessions.RevokedSessionDetailsSchema> {
  return shared(view)
}

function shared(view: SessionView) {
  const ended = view.ended_at === undefined ? undefined : timestampFromMs(view.ended_at)
  return {
    sessionId: view.id,
    userId: view.user_id,
    status: view.status,
    createdAt: timestampFromMs(view.created_at),
    updatedAt: ended ?? timestampFromMs(view.created_at),
    ...(view.expires_at !== undefined && { absoluteExpiresAt: timestampFromMs(view.expires_at) }),
    ...(ended && (view.status === 'logout' ? { logoutAt: ended } : { expiredAt: ended })),
  }
}
