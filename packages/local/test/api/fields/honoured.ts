import { agentFields } from './agents.js'
import { applicationFields } from './applications.js'
import { connectionFields } from './connections.js'
import { createdToolFields } from './created-tools.js'
import { filterFields } from './lists.js'
import { machineFields } from './machines.js'
import { mcpServerFields } from './mcp-servers.js'
import type { Observation } from './observation.js'
import { organizationFields } from './organizations.js'
import { ownLoginFields } from './own-login.js'
import { pageFields } from './pages.js'
import { peopleFilterFields } from './people-lists.js'
import { roleFields } from './roles.js'
import { setupFields } from './setup.js'
import { toolFields } from './tools.js'
import { userFields } from './users.js'

/** Every field that is honoured and observed here. */
export const HONOURED: readonly Observation[] = [
  ...organizationFields,
  ...userFields,
  ...roleFields,
  ...applicationFields,
  ...machineFields,
  ...mcpServerFields,
  ...ownLoginFields,
  ...connectionFields,
  ...agentFields,
  ...toolFields,
  ...createdToolFields,
  ...setupFields,
  ...filterFields,
  ...peopleFilterFields,
  ...pageFields,
]
