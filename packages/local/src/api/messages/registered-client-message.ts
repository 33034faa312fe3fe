import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { clients } from '@scalekit-mcp/api'
import type { RegisteredClient } from '../../domain/sessions/registered-clients.js'

export function toRegisteredClient(
  client: RegisteredClient,
  server: string,
): MessageInitShape<typeof clients.M2MClientSchema> {
  return {
    clientId: client.id,
    name: client.name,
    resourceId: server,
    redirectUris: client.redirectUris,
    createTime: timestampFromMs(client.registeredAt),
    updateTime: timestampFromMs(client.registeredAt),
    isDcr: true,
  }
}
