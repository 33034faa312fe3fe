/**
 * A resource with these attributes under their own names, however a client spells them: names are not case-sensitive
 * (RFC 7643, section 2.1). What is no object is left for the schema to refuse.
 */
export function withNames(resource: unknown, names: readonly string[]): unknown {
  if (typeof resource !== 'object' || resource === null || Array.isArray(resource)) return resource
  const own = (name: string) => names.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name
  return Object.fromEntries(Object.entries(resource).map(([name, value]) => [own(name), value]))
}
