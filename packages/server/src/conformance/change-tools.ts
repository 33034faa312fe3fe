import { InMemoryServerEventBus } from '@modelcontextprotocol/server'
import { type FixtureTool, fixtureTool, text } from './fixture-tool.js'

/** Where the fixtures publish that something changed; the HTTP handler delivers it to open subscriptions. */
export const bus = new InMemoryServerEventBus()

/** Tools that make the server announce a change (2026-07-28, `subscriptions/listen`). */
export const changeTools: readonly FixtureTool[] = [
  fixtureTool('test_trigger_tool_change', 'Announces that the tools changed.', async () => {
    bus.publish({ kind: 'tools_list_changed' })
    return text('Announced.')
  }),
  fixtureTool('test_trigger_prompt_change', 'Announces that the prompts changed.', async () => {
    bus.publish({ kind: 'prompts_list_changed' })
    return text('Announced.')
  }),
]
