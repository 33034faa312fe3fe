import { envFileReport } from '../../config/config.js'
import { type Finding, failed, ok } from './finding.js'

/** Which `.env` counts, and whether a name in it is misspelled. Values are never shown. */
export function checkEnvFile(): Finding[] {
  const { path, exists, used, hidden, unread, misspelled } = envFileReport()
  if (!exists) return [ok('env-file', `there is no ${path}: only variables of the environment are read`)]
  if (misspelled.length > 0) {
    return [
      failed(
        'env-file',
        `nothing reads ${misspelled.join(', ')} of ${path}`,
        'correct the names by docs/reference/configuration.md, or remove them',
      ),
    ]
  }
  const parts = [
    `${path} sets ${used.length} variables`,
    ...(hidden.length > 0 ? [`the environment has another value for ${hidden.join(', ')}, which wins`] : []),
    ...(unread.length > 0 ? [`this program does not read ${unread.join(', ')}`] : []),
  ]
  return [ok('env-file', parts.join('; '))]
}
