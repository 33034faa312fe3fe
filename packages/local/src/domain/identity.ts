/** How a request names a thing: by Scalekit's id or by the customer's own. */
export type Identity = { readonly id: string } | { readonly externalId: string }
