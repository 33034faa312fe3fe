import { setTimeout as wait } from 'node:timers/promises'
import { type FixtureTool, fixtureTool, text } from './fixture-tool.js'
import { PNG, WAV } from './sample-media.js'

/** Every kind of content that a tool may return, and what it may send before its result. */
export const contentTools: readonly FixtureTool[] = [
  fixtureTool('test_simple_text', 'Returns text.', async () =>
    text('This is a simple text response for testing.'),
  ),
  fixtureTool('test_image_content', 'Returns an image.', async () => ({
    content: [{ type: 'image', data: PNG, mimeType: 'image/png' }],
  })),
  fixtureTool('test_audio_content', 'Returns a sound.', async () => ({
    content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }],
  })),
  fixtureTool('test_embedded_resource', 'Returns a resource in its result.', async () => ({
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  })),
  fixtureTool('test_multiple_content_types', 'Returns text, an image and a resource.', async () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      { type: 'image', data: PNG, mimeType: 'image/png' },
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: JSON.stringify({ test: 'data', value: 123 }),
        },
      },
    ],
  })),
  fixtureTool('test_error_handling', 'Always fails.', async () => ({
    ...text('This tool intentionally returns an error for testing'),
    isError: true,
  })),
  fixtureTool('test_tool_with_logging', 'Logs three messages.', async (_args, { mcpReq }) => {
    await mcpReq.log('info', 'Tool execution started')
    await wait(50)
    await mcpReq.log('info', 'Tool processing data')
    await wait(50)
    await mcpReq.log('info', 'Tool execution completed')
    return text('Three messages were logged.')
  }),
  fixtureTool(
    'test_logging_tool',
    'Logs one message, if the client asked for logs.',
    async (_args, { mcpReq }) => {
      await mcpReq.log('info', 'A message of the tool')
      return text('One message was logged.')
    },
  ),
  fixtureTool('test_tool_with_progress', 'Reports progress in three steps.', async (_args, { mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken
    for (const progress of [0, 50, 100]) {
      if (progressToken !== undefined) {
        await mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress, total: 100, message: `${progress} of 100` },
        })
      }
      if (progress < 100) await wait(50)
    }
    return text('Done in three steps.')
  }),
  fixtureTool(
    'json_schema_2020_12_tool',
    'Has an input schema with keywords of JSON Schema 2020-12.',
    async (args) => text(JSON.stringify(args)),
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: {
        address: {
          $anchor: 'addressDef',
          type: 'object',
          properties: { street: { type: 'string' }, city: { type: 'string' } },
        },
      },
      properties: {
        name: { type: 'string' },
        address: { $ref: '#/$defs/address' },
        contactMethod: { type: 'string', enum: ['phone', 'email'] },
        phone: { type: 'string' },
        email: { type: 'string' },
      },
      allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
      if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { required: ['phone'] },
      else: { required: ['email'] },
      additionalProperties: false,
    },
  ),
]
