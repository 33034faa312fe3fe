import { X509Certificate } from 'node:crypto'
import type { EnvironmentRow } from '../../storage/schema.js'
import { type FieldViolation, invalid } from '../domain-error.js'
import type { ConnectionData, JsonObject, SettingsCase } from './connection-data.js'

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
 * @throws {DomainError} `invalid` for settings of another type, or with one violation per wrong field
 */
export function changedSettings(
  before: Pick<ConnectionData, 'settings' | 'settings_case'>,
  type: string,
  sent: SentSettings | undefined,
  environment: EnvironmentRow['type'],
): Pick<ConnectionData, 'settings' | 'settings_case'> {
  if (sent === undefined) return before
  const wanted = CASE_OF_TYPE[type] ?? 'staticConfig'
  if (sent.case !== wanted) {
    throw invalid(`A connection of the type ${type} takes ${snake(wanted)}`, [
      { field: `connection.${snake(sent.case)}`, description: `not for ${type}` },
    ])
  }
  const json = sent.value
  const violations = Object.entries(json).flatMap(([name, value]): FieldViolation[] => {
    const description = wrongWith(name, value, environment)
    const field = `connection.${snake(wanted)}.${snake(name)}`
    return description === undefined ? [] : [{ field, description }]
  })
  if (violations.length > 0) {
    const text = violations.map(({ field, description }) => `${field}: ${description}`).join('; ')
    throw invalid(text, violations)
  }
  const kept = before.settings_case === sent.case ? before.settings : {}
  return { settings_case: sent.case, settings: { ...kept, ...json } }
}

function wrongWith(name: string, value: unknown, environment: EnvironmentRow['type']): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  if (name === 'idpCertificate')
    return readCertificate(value) ? undefined : 'must be an X.509 certificate in PEM'
  const isUrl = /(Uri|Url|Endpoint)$/.test(name) || name === 'issuer'
  if (!isUrl) return undefined
  const protocol = URL.canParse(value) ? new URL(value).protocol : ''
  if (protocol === 'https:') return undefined
  if (protocol !== 'http:') return 'must be an http(s) URL'
  return environment === 'PRD' ? 'must be https in a PRD environment' : undefined
}

/** A certificate in PEM, or only its base64 as identity providers show it; undefined when it is none. */
export function readCertificate(text: string): X509Certificate | undefined {
  const body = text.replace(/-----[A-Z ]+-----|\s/g, '')
  try {
    return new X509Certificate(Buffer.from(body, 'base64'))
  } catch {
    return undefined
  }
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
