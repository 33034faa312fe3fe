# The local environment, for containers and CI. From the root of the repository:
#   docker build -f deploy/local.Dockerfile -t scalekit-local .
#   docker run --rm -p 127.0.0.1:8787:8787 -e LOCAL_TOKEN=$(openssl rand -hex 16) scalekit-local
# Anyone who reaches it can sign in as anyone: keep it on a private network. /app/data keeps its data; DATABASE_URL names a PostgreSQL
# database instead.

FROM node:24-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc tsconfig.base.json tsconfig.json ./
COPY packages ./packages
COPY scripts ./scripts
RUN npm ci --ignore-scripts
RUN npm run --silent build

FROM node:24-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df AS install
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/api/package.json ./packages/api/
COPY packages/auth/package.json ./packages/auth/
COPY packages/local/package.json ./packages/local/
COPY packages/server/package.json ./packages/server/
RUN npm ci --omit=dev --ignore-scripts -w scalekit-mcp -w @scalekit-mcp/api -w @scalekit-mcp/auth -w @scalekit-mcp/local
# The optional parts: PostgreSQL, SAML and passkeys.
RUN npm install --no-save --omit=dev --ignore-scripts pg@8.23.1 @node-saml/node-saml@5.1.0 @simplewebauthn/server@14.0.3

FROM node:24-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df
WORKDIR /app
ENV LOCAL_PORT=8787
COPY --from=install /app ./
COPY --from=build /build/packages/server/bundle ./packages/server/bundle
COPY --from=build /build/packages/local/bundle ./packages/local/bundle
COPY packages/local/src/seed/default.yaml ./packages/local/src/seed/
COPY packages/local/src/domain/agent-tools/catalogue.yaml ./packages/local/src/domain/agent-tools/
COPY packages/local/documents ./packages/local/documents
COPY packages/server/bin ./packages/server/bin
COPY LICENSE ./
RUN mkdir data && chown 1000:1000 data
USER 1000:1000
EXPOSE 8787
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.LOCAL_PORT + '/workspace/.well-known/openid-configuration').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "packages/server/bin/scalekit-mcp.js", "local", "--host", "0.0.0.0", "--data", "/app/data"]
