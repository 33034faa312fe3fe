import { invalid } from '../domain-error.js'
import { type EventTargets, tellEvent } from './tell-event.js'

const TYPE = /^[A-Za-z][\w.-]{0,99}$/

/** Applications trust the events of the environment: a custom event must not look like one. */
const OWN_EVENTS = ['connected_account', 'connection', 'organization', 'permission', 'role', 'user']

/**
 * Records a custom event, and sends it to applications. Returns its id.
 * @throws {DomainError} `invalid` for a type that is no name, or that the environment sends itself
 */
export async function sendCustomEvent(
  targets: EventTargets,
  environment: string,
  type: string,
  data: Readonly<Record<string, unknown>>,
): Promise<string> {
  const [kind = ''] = type.toLowerCase().split('.', 1)
  if (!TYPE.test(type)) throw refused('must be up to 100 letters, digits, dots, hyphens and underscores')
  if (OWN_EVENTS.includes(kind))
    throw refused(`must not begin with ${kind}: only the environment sends these`)
  return tellEvent(targets, { environment, type, object: 'JSON', data })
}

const refused = (description: string) =>
  invalid(`event_type: ${description}`, [{ field: 'event_type', description }])
