import { ToolService } from '@scalekit-mcp/api'
import { expect } from 'vitest'
import { type Observation, under } from './observation.js'

const { createTool, updateTool, setToolDefault } = ToolService.method

/** Tools that an application creates, and their versions. */
export const createdToolFields: readonly Observation[] = [
  {
    seen: 'in the tool, and in which version calls use',
    fields: [
      ...[createTool, updateTool].map(
        (method) => [method, ...under('tool', 'definition', 'metadata', 'tags')] as const,
      ),
      [setToolDefault, 'name', 'schema_version', 'tool_version'],
    ],
    async observe({ wire }) {
      const api = wire.client(ToolService)
      const name = 'gmail_archive'
      const list = async () => (await api.listTools({ filter: { toolName: [name] } })).tools
      const first = { definition: { name, description: 'One.' }, metadata: { team: 'mail' }, tags: ['a'] }
      await api.createTool({ tool: first })
      expect(await list()).toMatchObject([first])
      const second = { definition: { name, description: 'Two.' }, metadata: { team: 'web' }, tags: ['b'] }
      await api.updateTool({ tool: second })
      expect(await list()).toMatchObject([second])
      const definition = { name, schema_version: '2', tool_version: '3', description: 'Three.' }
      await api.createTool({ tool: { definition } })
      expect((await list()).map(({ isDefault }) => isDefault)).toEqual([true, false])
      await api.setToolDefault({ name, schemaVersion: '2', toolVersion: '3' })
      expect((await list()).map(({ isDefault }) => isDefault)).toEqual([false, true])
      expect((await api.listAvailableTools({ identifier: 'default', pageSize: 100 })).tools).toContainEqual(
        expect.objectContaining({ definition: expect.objectContaining({ description: 'Three.' }) }),
      )
    },
  },
]
