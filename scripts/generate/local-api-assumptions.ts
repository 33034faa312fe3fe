/** What the local environment takes as the live service's behaviour without a document that says so, by service. */
export const assumptions: Readonly<Record<string, string>> = {
  OrganizationService:
    'Assumed: lists are newest first, 10 per page where no size is given; an external id is unique in its environment; deleting an organization deletes its memberships, connections and directories, and ends the sessions that were used for it. Known: a portal link opens once and ends after a minute.',
  UserService:
    'Known: the first user of an organization gets the role for creators, later ones the role for members. Known: an invitation is valid for 15 days; a user whose last membership is deleted is deleted too; deleting a user ends all of the user’s sessions. Assumed: deleting a membership ends the sessions that were used for its organization; `provisioning_method` is `direct_provision` for members that a directory or an interceptor adds, and for those of the seed; `email_verified` is false until the user has accepted an invitation or signed in.',
  RolesService:
    'Assumed: a role that others extend cannot be deleted; one that users hold needs a role in its place.',
  EnvironmentService: 'Known: members of the workspace only; an environment is not created or deleted here.',
  MembersService:
    'Assumed: a new member gets the role USER unless ADMIN is asked for; USER reads what has GET, except tokens of connected accounts and portal links, and ADMIN does everything.',
  ClientService:
    'Known: a secret is shown once; http, localhost and wildcards in redirect URIs are for DEV. Assumed: the URL of an MCP server is unique in its environment, whatever slash it ends with, and not an address of the environment itself.',
  ConnectionService:
    'Known: a connection is a draft until it is configured, and disabled until it is enabled. Assumed: its name (key_id) is unique in the environment; one that is no longer complete is disabled.',
  ConnectedAccountService:
    'Assumed: an account is pending until its credentials are there; a link needs an account that exists. Known: page_size is under 100.',
  DirectoryService:
    'Assumed: a directory is a draft until its endpoint has a token, and disabled until it is enabled. While it is disabled, its endpoint answers 403 and memberships stay as they are. Deleting it deactivates the memberships that it created, with their sessions and tokens, unless another directory of the organization has the user; other memberships stay and lose the roles of its groups.',
  SessionService:
    'Known: the status is active, revoked or logout, in lower case; a session is for every organization and application that it was used for. Assumed: revoking it or signing out ends every token that came from it, exchanged and cross-app tokens included, at introspection and in this API; whoever checks a token by its signature alone sees its end at `exp`; the device is the one that the session began on, read from its `User-Agent` header, and has no location.',
  DomainService:
    'Assumed: a domain that an operator adds counts as verified; one that a customer adds is pending.',
}

/** The same for what is no RPC: signing in, tokens, and what applications are told and asked. */
export const behaviour: readonly string[] = [
  'With client credentials, a client of an MCP server (`m2m_`) gets tokens for that server only, from the server’s authorization server or the environment’s, with at most the scopes that it is registered with. A client of an organization (`m2morg_`) gets tokens for its audience, and for an MCP server where its audience has the URL or id of that server; its tokens have `oid`. A client introspects tokens for its own MCP server and its own tokens; the environment’s clients introspect all.',
  'A sign-in is for the organization in `organization_id`, and refused unless the person is an active member. Without the parameter it is for the organization of the connection, for the only one, or for the one that the person chooses. A session token reaches the organization in its `oid` only.',
  'Passkeys are offered where a connection of type WEBAUTHN is enabled and `@simplewebauthn/server` is installed. One is made through a link by e-mail, and counts for the host name of the local environment.',
  'A SAML connection signs in where `@node-saml/node-saml` is installed: AuthnRequests over HTTP-Redirect, responses over HTTP POST, to a request of ours, signed as a whole or in the assertion, whatever the connection asks for beyond that. `GET /simulator/<connection>/saml/metadata` is an identity provider to try it with. Requests are not signed and assertions not encrypted: a connection that wants either is refused. Times are those of the machine, not of the clock of the environment.',
  'A refresh token is replaced with every use. Of two requests at the same moment one wins. A token that is sent again within 30 seconds, while its successor is unused, is refused and nothing else happens; otherwise using it again revokes every token of the sign-in.',
  'Passwords are offered where the environment has an enabled connection of type PASSWORD. One is set, by somebody known or new, through a link in the outbox, and has 8 to 256 characters. After five attempts in a quarter of an hour an address waits. Changing one ends the other sessions of its user. The seed has no passwords, and exported state leaves them out.',
  'A connection of the environment that uses Scalekit’s own credentials (`use_platform_creds`), like one of GOOGLE or GITHUB, signs in at the built-in identity provider simulator, and is a button on the sign-in page.',
  'Webhooks are registered with `POST /__local/webhooks {environment, url}`, which answers with their signing secret, and are signed after Standard Webhooks. Every event of the events service is sent, with the same id, and is in the outbox too. A receiver that does not answer 2xx within 10 seconds is tried three times more, after fractions of a second instead of minutes.',
  'The `data` of `organization.*`, `role.*` and `permission.*` is the message of the API; that of every `user.*` event has `user`, with the `membership` of the organization in question, and `organization`; that of `user.login` and `user.logout` also has `user_session`, with the status in upper case. `user.organization_membership_created` is sent when a user joins: by the API without an invitation, by accepting one, by just-in-time provisioning, an allowed e-mail domain, an interceptor or a directory. `user.organization_membership_deleted` is sent when a user leaves: when the membership, the user, the organization or the directory is deleted, and when a directory deactivates the user, whose membership then is INACTIVE. Somebody new whom a connection provisions just in time also causes `user.signup`. These events are recorded in the transaction that causes them, and sent within a quarter of a second.',
  'Interceptors are registered with `POST /__local/interceptors {environment, trigger_point, api_url, timeout_ms, failure_policy}`. Requests are signed with `interceptor-*` headers; what is sent and answered is as in Scalekit’s reference of triggers, without region and city. PRE_SIGNUP is asked before a user is made through a connection, and PRE_M2M_TOKEN_CREATION for clients of organizations and MCP servers, not for environment credentials. A denial becomes `access_denied` with the message of the application. Claims are added to tokens of machines only, and never in place of those that are there.',
]
