import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PathValueError, parsePathTemplate } from '../src/path-template.js'

const segment = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((text) => text !== '.' && text !== '..' && !/\p{Surrogate}/u.test(text))

describe('a path template', () => {
  it('expands its fields into their own segments', () => {
    const template = parsePathTemplate('/api/v1/organizations/{org_id}/roles/{role_name}')
    const values: Record<string, string> = { org_id: 'org_1', role_name: 'a b/c?d#e%:é' }
    expect(template.fields).toEqual(['org_id', 'role_name'])
    expect(template.expand((field) => values[field])).toBe(
      '/api/v1/organizations/org_1/roles/a%20b%2Fc%3Fd%23e%25%3A%C3%A9',
    )
  })

  it('refuses a value that is missing, empty, a dot segment or half a character', () => {
    const template = parsePathTemplate('/api/v1/users/{id}')
    for (const value of [undefined, '', '.', '..', '\ud800', 'a\udfff']) {
      expect(() => template.expand(() => value), String(value)).toThrow(PathValueError)
    }
  })

  it('names the field and not the value when it refuses', () => {
    const template = parsePathTemplate('/api/v1/users/{id=**}')
    expect(() => template.expand(() => 'secret/..')).toThrow(/^id must not be a dot segment$/)
  })

  it('lets any other string survive the way there and back', () => {
    const template = parsePathTemplate('/api/v1/permissions/{name}:verb')
    fc.assert(
      fc.property(segment, (value) => {
        const path = template.expand(() => value)
        expect(template.match(path)).toEqual(new Map([['name', value]]))
      }),
    )
  })

  it('never lets a value leave its segment, whatever a URL parser makes of it', () => {
    const template = parsePathTemplate('/api/v1/organizations/{id}/portal_links')
    fc.assert(
      fc.property(segment, (value) => {
        const url = new URL(`http://localhost${template.expand(() => value)}?x=1`)
        const segments = url.pathname.split('/')
        expect(segments).toHaveLength(6)
        expect([...segments.slice(0, 4), segments[5]]).toEqual([
          '',
          'api',
          'v1',
          'organizations',
          'portal_links',
        ])
        expect([url.search, url.hash]).toEqual(['?x=1', ''])
      }),
    )
  })

  it('takes {x=**} as several segments and keeps each one whole', () => {
    const template = parsePathTemplate('/files/{name=**}')
    expect(template.expand(() => 'a b/c?')).toBe('/files/a%20b/c%3F')
    expect(template.match('/files/a%20b/c%3F')).toEqual(new Map([['name', 'a b/c?']]))
    expect(() => template.expand(() => 'a/../b')).toThrow(PathValueError)
    expect(() => template.expand(() => 'a//b')).toThrow(PathValueError)
  })

  it('holds a value to the pattern of its field', () => {
    const template = parsePathTemplate('/v1/{name=users/*}')
    expect(template.expand(() => 'users/u1')).toBe('/v1/users/u1')
    expect(() => template.expand(() => 'groups/g1')).toThrow('name must have the form users/*')
  })

  it('matches a verb, a literal dash and wildcards', () => {
    const matches = (template: string, path: string) => parsePathTemplate(template).match(path) !== undefined
    expect(matches('/users:search', '/users:search')).toBe(true)
    expect(matches('/users/{id}:enable', '/users/u1:enable')).toBe(true)
    expect(matches('/users/{id}:enable', '/users/u1:disable')).toBe(false)
    expect(matches('/organizations/-/connections', '/organizations/-/connections')).toBe(true)
    expect(matches('/a/*/c', '/a/b/c')).toBe(true)
    expect(matches('/a/*/c', '/a/b/b/c')).toBe(false)
    expect(matches('/a/**', '/a/b/b/c')).toBe(true)
    expect(matches('/users/{id}', '/users/')).toBe(false)
    expect(matches('/users/{id}', '/users/%zz')).toBe(false)
  })

  it('ranks what says more before what says less', () => {
    const rank = (source: string) => parsePathTemplate(source).specificity
    expect(rank('/users/me') > rank('/users/{id}')).toBe(true)
    expect(rank('/users/{id}:enable') > rank('/users/{id}')).toBe(true)
    expect(rank('/a/-/c') > rank('/a/{b}/c')).toBe(true)
    expect(rank('/a/{b}') > rank('/a/{b=**}')).toBe(true)
  })
})
