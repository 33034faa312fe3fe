import { textAt } from '../dashboard-api.js'
import { code, text } from './cells.js'
import {
  deletion,
  numberField,
  options,
  required,
  secretField,
  select,
  textField,
  urlField,
} from './fields.js'
import type { Field, Kind } from './kind.js'

const secret: Field = secretField('secret', 'Secret', {
  help: 'whsec_ and base64. Leave empty for a new one.',
})

/** Where applications receive events. */
export const webhooks: Kind = {
  slug: 'webhooks',
  param: 'webhook',
  one: 'webhook',
  title: 'URL',
  many: 'Webhooks',
  lead: 'Every event of this environment is sent to these URLs. What was sent is in the outbox.',
  idOf: (object) => textAt(object, 'id'),
  titleOf: (object) => textAt(object, 'url'),
  list: { method: 'Local.ListWebhooks', message: () => ({}), items: 'endpoints' },
  columns: [],
  creates: [
    {
      name: 'new',
      label: 'Create webhook',
      lead: 'Its secret is shown once, on the next page. Your application checks signatures with it.',
      method: 'Local.CreateWebhook',
      message: ({ environment = '' }) => ({ environment }),
      fields: () => [urlField('url', 'URL', required), secret],
      reveals: [{ label: 'Signing secret', path: 'secret' }],
    },
  ],
  operations: [
    {
      name: 'edit',
      label: 'Edit webhook',
      method: 'Local.UpdateWebhook',
      message: ({ webhook = '' }) => ({ id: webhook }),
      fields: () => [urlField('url', 'URL', required)],
    },
    deletion('webhook', 'No more events are sent to it.', 'Local.DeleteWebhook', ({ webhook = '' }) => ({
      id: webhook,
    })),
  ],
}

const settings = (): Field[] => [
  textField('display_name', 'Name', required),
  select('trigger_point', 'Asked at', {
    ...required,
    options: options('PRE_SIGNUP', 'PRE_SESSION_CREATION', 'PRE_USER_INVITATION', 'PRE_M2M_TOKEN_CREATION'),
  }),
  urlField('api_url', 'URL', required),
  numberField('timeout_ms', 'Timeout in milliseconds', { initial: ['3000'] }),
  select('failure_policy', 'Without an answer', {
    ...required,
    options: options('FAIL_CLOSED', 'FAIL_OPEN'),
    help: 'FAIL_CLOSED refuses, FAIL_OPEN goes on.',
  }),
]

/** Applications that decide whether a sign-up, a sign-in, an invitation or a token goes on. */
export const interceptors: Kind = {
  slug: 'interceptors',
  param: 'interceptor',
  one: 'interceptor',
  many: 'Interceptors',
  lead: 'Your application is asked whether a sign-up, a sign-in, an invitation or a token for a machine goes on.',
  idOf: (object) => textAt(object, 'id'),
  titleOf: (object) => textAt(object, 'display_name'),
  list: { method: 'Local.ListInterceptors', message: () => ({}), items: 'interceptors' },
  columns: [text('Asked at', 'trigger_point'), code('URL', 'api_url')],
  facts: [text('Timeout in milliseconds', 'timeout_ms'), text('Without an answer', 'failure_policy')],
  creates: [
    {
      name: 'new',
      label: 'Create interceptor',
      lead: 'Its secret is shown once, on the next page. Your application checks signatures with it.',
      method: 'Local.CreateInterceptor',
      message: ({ environment = '' }) => ({ environment }),
      fields: () => [...settings(), secret],
      reveals: [{ label: 'Signing secret', path: 'secret' }],
    },
  ],
  operations: [
    {
      name: 'edit',
      label: 'Edit interceptor',
      method: 'Local.UpdateInterceptor',
      message: ({ interceptor = '' }) => ({ id: interceptor }),
      fields: settings,
    },
    deletion(
      'interceptor',
      'Your application is no longer asked.',
      'Local.DeleteInterceptor',
      ({ interceptor = '' }) => ({ id: interceptor }),
    ),
  ],
}
