/** What the local environment takes as the live service's behaviour without a document that says so, by service. */
export const assumptions: Readonly<Record<string, string>> = {
  OrganizationService:
    'Assumed: lists are newest first, 10 per page where no size is given; an external id is unique in its environment; deleting an organization deletes its memberships, connections and directories, and ends the sessions that were used for it. Known: a portal link opens once and ends after a minute.',
  UserService:
    'Known: the first user of an organization gets the role for creators, later ones the role for members. Assumed: an invitation is good for 30 days; a user without memberships stays a user of the environment; deleting a membership ends the sessions that were used for its organization. Known: deleting a user ends all of the user’s sessions.',
  RolesService:
    'Assumed: a role that others extend cannot be deleted; one that users hold needs a role in its place.',
  EnvironmentService: 'Known: members of the workspace only; an environment is not created or deleted here.',
  MembersService:
    'Assumed: a new member gets the role USER unless ADMIN is asked for; USER reads what has GET, except tokens of connected accounts and portal links, and ADMIN does everything.',
  ClientService:
    'Known: a secret is shown once; http, localhost and wildcards in redirect URIs are for DEV; {{org_slug}}, {{external_id}} and {{metadata key}} stand for values of the organization, which a sign-in names with `organization_id` and a sign-out takes from the session. Reserved custom claims are refused. Assumed: the URL of an MCP server is unique in its environment, whatever slash it ends with, and not an address of the environment itself.',
  ConnectionService:
    'Known: a connection is a draft until it is configured, and disabled until it is enabled. Assumed: its name (key_id) is unique in the environment; one that is no longer complete is disabled.',
  ConnectedAccountService:
    'Assumed: an account is pending until its credentials are there; a link needs an account that exists. Known: page_size is under 100.',
  DirectoryService:
    'Assumed: a directory is a draft until its endpoint has a token, and disabled until it is enabled.',
  SessionService:
    'Known: the status is active, revoked or logout, in lower case; a session is for every organization and application that it was used for. Assumed: revoking it or signing out ends every token that came from it, exchanged and cross-app tokens included, at introspection and in this API; whoever checks a token by its signature alone sees its end at `exp`.',
  DomainService:
    'Assumed: a domain that an operator adds counts as verified; one that a customer adds is pending for 72 hours, and has failed when its TXT record was not found by then. Verification looks at the records of `POST /__local/dns {name, value}` first, then in the DNS, when it is asked for: by VerifyDomain, or by Verify now in the admin portal.',
}

/** The same for what is no RPC: signing in, tokens, and what applications are told and asked. */
export const behaviour: readonly string[] = [
  'With client credentials, a client of an MCP server (`m2m_`) gets tokens for that server only, from the server’s authorization server or the environment’s, with at most the scopes that it is registered with. A client of an organization (`m2morg_`) gets tokens for its audience, and for an MCP server where its audience has the URL or id of that server; its tokens have `oid`. A client introspects tokens for its own MCP server and its own tokens; the environment’s clients introspect all.',
  'A sign-in is for the organization in `organization_id`, and refused unless the person is an active member. Without the parameter it is for the organization of the connection, for the only one, or for the one that the person chooses. A session token reaches the organization in its `oid` only.',
  'Somebody new whose domain organizations welcome chooses one of them, or an organization of their own, and is a member of what they choose only; `user.signup` is sent then.',
  '`PATCH /__local/user-management/ENVIRONMENT {block_public_email_domains, block_disposable_email_domains}` keeps people with such addresses from signing up and from being invited. Public domains are those of the largest providers.',
  'An ID token has the `metadata` of the user, and after a sign-in through a connection the user’s `identities` there with what the identity provider said, each only if there is any.',
  'Passkeys are offered where a connection of type WEBAUTHN is enabled and `@simplewebauthn/server` is installed. One is made through a link by e-mail, and counts for the host name of the local environment.',
  'A SAML connection signs in where `@node-saml/node-saml` is installed: AuthnRequests over HTTP-Redirect, responses over HTTP POST, to a request of ours, signed as a whole or in the assertion, whatever the connection asks for beyond that. `GET /simulator/<connection>/saml/metadata` is an identity provider to try it with. Requests are not signed and assertions not encrypted: a connection that wants either is refused. Times are those of the machine, not of the clock of the environment.',
  'A refresh token is replaced with every use. Of two requests at the same moment one wins. A token that is sent again within 30 seconds, while its successor is unused, is refused and nothing else happens; otherwise using it again revokes every token of the sign-in.',
  'Passwords are offered where the environment has an enabled connection of type PASSWORD. One is set, by somebody known or new, through a link in the outbox, and has 8 to 256 characters. After five attempts in a quarter of an hour an address waits. Changing one ends the other sessions of its user. The seed has no passwords, and exported state leaves them out.',
  'A connection of the environment that uses Scalekit’s own credentials (`use_platform_creds`), like one of GOOGLE or GITHUB, signs in at the built-in identity provider simulator, and is a button on the sign-in page.',
  'Webhooks are registered with `POST /__local/webhooks {environment, url}`, which answers with their signing secret, and are signed after Standard Webhooks. Every event of the events service is sent, with the same id, and is in the outbox too. A receiver that does not answer 2xx within 10 seconds is tried three times more, after fractions of a second instead of minutes.',
  'The `data` of `organization.*`, `role.*` and `permission.*` is the message of the API; that of `user.organization_*` has the user and the organization; that of `user.signup`, `user.login` and `user.logout` has the members of UserEventData. A user signs up when a connection tells of an address that nobody here has.',
  'Interceptors are registered with `POST /__local/interceptors {environment, trigger_point, api_url, timeout_ms, failure_policy}`. Requests are signed with `interceptor-*` headers; what is sent and answered is as in Scalekit’s reference of triggers, without region, city and device. PRE_SIGNUP is asked before a user is made through a connection, and PRE_M2M_TOKEN_CREATION for clients of organizations and MCP servers, not for environment credentials. A denial becomes `access_denied` with the message of the application. Claims are added to tokens of machines only, and never in place of those that are there.',
]
