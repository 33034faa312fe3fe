/** Why a SCIM request is refused (RFC 7644, section 3.12). */
export class ScimError extends Error {
  readonly status: number
  readonly scimType: string | undefined

  constructor(status: number, message: string, scimType?: string) {
    super(message)
    this.name = 'ScimError'
    this.status = status
    this.scimType = scimType
  }

  toJSON() {
    return {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(this.status),
      detail: this.message,
      ...(this.scimType === undefined ? {} : { scimType: this.scimType }),
    }
  }
}
