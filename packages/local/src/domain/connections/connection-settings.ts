import type { ConnectionRow } from '../../storage/registry-schema.js'
import type { EnvironmentRow } from '../../storage/schema.js'
import { type FieldViolation, invalid, unimplemented } from '../domain-error.js'
import { certificatesToPem, readCertificates } from './certificates.js'
import type { ConnectionData, JsonObject, SettingsCase } from './connection-data.js'
import { ssoPaths } from './sso-callback.js'

/** Settings of a connection as they were sent: which form, and its fields as JSON. */
export interface SentSettings {
  readonly case: SettingsCase
  readonly value: JsonObject
}

/** Which settings a type of connection takes. */
const CASE_OF_TYPE: Readonly<Record<string, SettingsCase>> = {
  OIDC: 'oidcConfig',
  SAML: 'samlConfig',
  OAUTH: 'oauthConfig',
  PASSWORDLESS: 'passwordlessConfig',
  WEBAUTHN: 'webauthnConfig',
  GOOGLE_DWD: 'googleDwdConfig',
}

/**
 * The settings of a connection with those of a request over them. What a request leaves out stays, so that
 * a secret need not be sent again.
 * @throws {DomainError} `invalid` for settings of another type, or with one violation per invalid field;
 * `unimplemented` for another URL than the connection has
 */
export function changedSettings(
  connection: Pick<ConnectionRow, 'id' | 'environment_id' | 'type'>,
  before: Pick<ConnectionData, 'settings' | 'settings_case'>,
  sent: SentSettings | undefined,
  environment: EnvironmentRow['type'],
): Pick<ConnectionData, 'settings' | 'settings_case'> {
  const { type } = connection
  if (sent === undefined) return before
  const wanted = CASE_OF_TYPE[type] ?? 'staticConfig'
  if (sent.case !== wanted) {
    throw invalid(`A connection of the type ${type} takes ${snake(wanted)}`, [
      { field: `connection.${snake(sent.case)}`, description: `not for ${type}` },
    ])
  }
  refuseOtherUrls(connection, sent)
  const read = Object.entries(sent.value).map(([name, value]) => ({
    field: `connection.${snake(wanted)}.${snake(name)}`,
    name,
    ...readSetting(name, value, environment),
  }))
  const violations = read.flatMap(({ field, problem }): FieldViolation[] =>
    problem === undefined ? [] : [{ field, description: problem }],
  )
  if (violations.length > 0) {
    const text = violations.map(({ field, description }) => `${field}: ${description}`).join('; ')
    throw invalid(text, violations)
  }
  const json = Object.fromEntries(
    read.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
  )
  const kept = before.settings_case === sent.case ? before.settings : {}
  return { settings_case: sent.case, settings: { ...kept, ...json } }
}

/** Who we are to an identity provider is given: a client may send it back as it read it. */
function refuseOtherUrls(connection: Pick<ConnectionRow, 'id' | 'environment_id'>, sent: SentSettings): void {
  const { oidcCallback, samlEntity, samlCallback } = ssoPaths(connection)
  const ours = { redirectUri: oidcCallback, spEntityId: samlEntity, spAssertionUrl: samlCallback }
  if (!['oidcConfig', 'samlConfig'].includes(sent.case)) return
  for (const [name, path] of Object.entries(ours)) {
    const value = sent.value[name]
    if (!value || String(value).endsWith(path)) continue
    throw unimplemented(
      `connection.${snake(sent.case)}.${snake(name)}`,
      'the URL of a connection cannot be chosen',
    )
  }
}

type ReadSetting = { value?: JsonObject[string]; problem?: string }

/** A setting as it is kept, or the problem with it. */
export function readSetting(
  name: string,
  value: JsonObject[string],
  environment: EnvironmentRow['type'],
): ReadSetting {
  if (typeof value !== 'string') return { value }
  const text = name === 'clientSecret' ? value : value.trim()
  if (text === '') return { value: text }
  if (name === 'idpCertificate') {
    const { certificates, problem } = readCertificates(text)
    return problem === undefined ? { value: certificatesToPem(certificates) } : { problem }
  }
  const isUrl = /(Uri|Url|Endpoint)$/.test(name) || name === 'issuer'
  if (!isUrl) return { value: text }
  const protocol = URL.canParse(text) ? new URL(text).protocol : ''
  if (protocol === 'https:') return { value: text }
  if (protocol !== 'http:') return { problem: 'must be an http(s) URL' }
  return environment === 'PRD' ? { problem: 'must be https in a PRD environment' } : { value: text }
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
