import {
  type GetPromptResult,
  type Prompt,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server'
import findSignInProblem from './find-sign-in-problem.js'
import onboardCustomer from './onboard-customer.js'
import type { PromptDefinition } from './prompt.js'
import protectMcpServer from './protect-mcp-server.js'

const prompts: readonly PromptDefinition[] = [onboardCustomer, protectMcpServer, findSignInProblem]

export function listPrompts(): Prompt[] {
  return prompts.map(({ name, title, description, arguments: args }) => ({
    name,
    title,
    description,
    arguments: [...args],
  }))
}

/**
 * @throws ProtocolError -32602 for an unknown prompt, and for an argument that is missing, unknown or too long
 */
export function getPrompt(name: string, given: Readonly<Record<string, string>>): GetPromptResult {
  const prompt = prompts.find((each) => each.name === name)
  if (!prompt) throw invalid('Unknown prompt: choose a name from prompts/list')
  const names = new Set(prompt.arguments.map((argument) => argument.name))
  if (!Object.keys(given).every((each) => names.has(each))) throw invalid('Unknown argument')
  for (const { name: argument, required } of prompt.arguments) {
    const value = given[argument] ?? ''
    if (required && value === '') throw invalid(`${argument} is required`)
    if (value.length > 300) throw invalid(`${argument} is longer than 300 characters`)
  }
  const text = prompt.text((argument) => JSON.stringify(given[argument] ?? ''))
  return { description: prompt.description, messages: [{ role: 'user', content: { type: 'text', text } }] }
}

function invalid(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message)
}
