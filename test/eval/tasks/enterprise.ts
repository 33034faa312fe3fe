import type { Task } from '../task.js'
import { checksOfSecret } from './shown-secret.js'

const ACME = 'org_100000000000000001'
const GLOBEX = 'org_100000000000000002'

const oktaSingleSignOn: Task = {
  name: 'set-up-okta-sso',
  ask: 'Set up OIDC single sign-on with Okta for Globex in Development: issuer https://globex.okta.example, client id 0oa7globexapp, client secret okta-given-secret. Turn it on. Everybody with @globex.example uses it. Tell me the redirect URI to enter in Okta.',
  async checks({ world, answer }) {
    const { connections = [], domains = [] } = await world.state()
    const connection = connections.find(({ organization }) => organization === GLOBEX)
    const found = (await world.api('GET', 'connections?domain=globex.example')) as {
      connections?: { id: string }[]
    }
    const settings = JSON.stringify(connection?.data ?? {})
    return {
      'Globex has an OIDC connection to Okta': connection?.type === 'OIDC' && connection.provider === 'OKTA',
      'it has the issuer': settings.includes('https://globex.okta.example'),
      'it has the client id': settings.includes('0oa7globexapp'),
      'it is enabled': connection?.status === 'COMPLETED' && connection.enabled === true,
      'globex.example is a domain of Globex': domains.some(
        ({ domain, organization }) => domain === 'globex.example' && organization === GLOBEX,
      ),
      'the domain leads to the connection':
        found.connections?.some(({ id }) => id === connection?.id) ?? false,
      'the answer has the redirect URI': answer.includes(`/sso/v1/oidc/${connection?.id}/callback`),
    }
  },
}

const portalLink: Task = {
  name: 'portal-link-for-scim',
  ask: "I need a link with which Globex's IT administrator can set up SCIM themselves, in Development.",
  async checks({ person, answer, results }) {
    const portals = person.pages.filter(({ status, text }) => status === 200 && text.includes('Globex'))
    return {
      'the person opened a portal of Globex': portals.length > 0,
      'it offers a directory': portals.some(({ text }) => /scim|directory/i.test(text)),
      'the model has not seen the link': ![answer, ...results].some((text) => text.includes('/magicLink/')),
    }
  },
}

const oktaDirectory: Task = {
  name: 'create-okta-directory',
  ask: 'Set up a SCIM directory for Acme from Okta in Development, with the endpoint and the token to paste into Okta. The token is for me only.',
  async checks(outcome) {
    const { world, answer } = outcome
    const { directories = [] } = (await world.api('GET', `organizations/${ACME}/directories`)) as {
      directories?: Directory[]
    }
    const directory = directories.find(({ directory_endpoint }) => answer.includes(directory_endpoint))
    return {
      'the answer has the endpoint of a directory of Acme': directory !== undefined,
      'it is one of Okta, and enabled': directory?.directory_provider === 'OKTA' && directory.enabled,
      ...(await checksOfSecret(outcome, 'token', (token) => opens(directory, token))),
    }
  },
}

interface Directory {
  readonly directory_endpoint: string
  readonly directory_provider: string
  readonly enabled: boolean
}

async function opens(directory: Directory | undefined, token: string): Promise<boolean> {
  if (!directory) return false
  const headers = { authorization: `Bearer ${token}` }
  return (await fetch(`${directory.directory_endpoint}/Users`, { headers })).ok
}

export const enterpriseTasks = [oktaSingleSignOn, portalLink, oktaDirectory]
