/** In which circumstances somebody signs in, for applications that are asked. */
export interface Circumstances extends Readonly<Record<string, unknown>> {
  /** Parameters of the authorization request. */
  readonly auth_request: Readonly<Record<string, unknown>>
}

/** The organization that the authorization request asks for. */
export function askedOrganization({ auth_request }: Circumstances): string | undefined {
  const { organization_id: asked } = auth_request
  return typeof asked === 'string' && asked !== '' ? asked : undefined
}
