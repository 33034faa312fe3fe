/**
 * What the local environment starts with: this server with its scopes, and one person in each of two organizations.
 *
 * @param {string} url
 * @returns {import('@scalekit-mcp/local').Seed}
 */
export const localSeed = (url) => ({
  version: 1,
  workspace: {},
  environments: [
    {
      id: 'env_100000000000000001',
      display_name: 'Development',
      type: 'DEV',
      mcp_servers: [{ id: 'res_100000000000000002', name: 'Greeting', url, scopes: ['user:read', 'admin'] }],
      organizations: [
        { id: 'org_100000000000000001', display_name: 'Acme Robotics' },
        { id: 'org_100000000000000002', display_name: 'Globex' },
      ],
      users: [
        {
          id: 'usr_100000000000000101',
          email: 'ana@acme.example',
          memberships: [{ organization: 'org_100000000000000001' }],
        },
        {
          id: 'usr_100000000000000102',
          email: 'ben@globex.example',
          memberships: [{ organization: 'org_100000000000000002' }],
        },
      ],
    },
  ],
})
