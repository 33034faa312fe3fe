// The client's side of a view, as a chat application has it: the official bridge, and a frame without an origin.
import { AppBridge, PostMessageTransport } from '@modelcontextprotocol/ext-apps/app-bridge'

window.showView = async ({ html, tool, args, result, theme }) => {
  const frame = document.querySelector('iframe')
  const bridge = new AppBridge(
    null,
    { name: 'test-host', version: '1.0.0' },
    { serverTools: {} },
    { hostContext: { theme, toolInfo: { tool: { name: tool, inputSchema: { type: 'object' } } } } },
  )
  const ready = new Promise((resolve) => {
    bridge.oninitialized = resolve
  })
  bridge.oncalltool = (params) => window.callTool(params)
  bridge.onsizechange = ({ height }) => {
    if (height) frame.style.height = `${height}px`
  }
  await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow))
  frame.srcdoc = html
  await ready
  await bridge.sendToolInput({ arguments: args })
  await bridge.sendToolResult(result)
  window.teardown = () => bridge.teardownResource({})
}
