import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLocalScalekit, type LocalScalekit } from '../../src/index.js'
import { emptyStorage } from '../empty-storage.js'
import { ENTERPRISE, type OpenDirectory, openDirectory, USER } from './open-directory.js'

let local: LocalScalekit
let directory: OpenDirectory
let id: string
beforeAll(async () => {
  local = await createLocalScalekit({ ...(await emptyStorage()), port: 0 })
})
beforeEach(async () => {
  await local.reset()
  directory = await openDirectory(local)
  id = (await directory.scim('POST', '/Users', ana)).body.id
})
afterAll(() => local.close())

const work = { value: 'ana@corp.example', type: 'work', primary: true }
const home = { value: 'ana@home.example', type: 'home' }
const admin = { value: 'admin', primary: true }
const viewer = { value: 'viewer', primary: false }
const ana = {
  ...{ userName: 'ana@corp.example', active: true, schemas: [USER], title: 'Dr' },
  ...{ emails: [work, home], roles: [admin, viewer], name: { givenName: 'Ana', familyName: 'Almeida' } },
}
const stored = async () => {
  const {
    id: _id,
    meta: _meta,
    groups: _groups,
    ...rest
  } = (await directory.scim('GET', `/Users/${id}`)).body
  return rest
}
const NEW = 'new@corp.example'

describe('a filter in a path', () => {
  it.each<[string, string, unknown, object]>([
    ['replace', 'emails[type eq "work"].value', NEW, { emails: [{ ...work, value: NEW }, home] }],
    ['Replace', 'Emails[Type eq "Work"].Value', NEW, { emails: [{ ...work, value: NEW }, home] }],
    ['add', 'emails[TYPE EQ "WORK"].value', NEW, { emails: [{ ...work, value: NEW }, home] }],
    ['replace', 'roles[primary eq "True"].value', 'x', { roles: [{ ...admin, value: 'x' }, viewer] }],
    ['replace', 'roles[primary eq true].value', 'x', { roles: [{ ...admin, value: 'x' }, viewer] }],
    ['replace', 'roles[Primary eq "false"].value', 'x', { roles: [admin, { ...viewer, value: 'x' }] }],
    ['add', 'roles[value eq "admin"].display', 'A', { roles: [{ ...admin, display: 'A' }, viewer] }],
    [
      'replace',
      'emails[value ne "x"].display',
      'A',
      {
        emails: [
          { ...work, display: 'A' },
          { ...home, display: 'A' },
        ],
      },
    ],
    [
      'replace',
      'emails[type eq "work" and value sw "ana"].value',
      NEW,
      {
        emails: [{ ...work, value: NEW }, home],
      },
    ],
    [
      'replace',
      'emails[value ew "HOME.example"].type',
      'other',
      { emails: [work, { ...home, type: 'other' }] },
    ],
    ['replace', 'emails[value co "@home"].type', 'other', { emails: [work, { ...home, type: 'other' }] }],
    ['replace', 'emails[primary pr].value', NEW, { emails: [{ ...work, value: NEW }, home] }],
    ['replace', 'emails[not (primary pr)].value', NEW, { emails: [work, { ...home, value: NEW }] }],
    ['replace', `${USER}:emails[type eq "work"].value`, NEW, { emails: [{ ...work, value: NEW }, home] }],
    ['replace', 'emails[type eq "work"]', { value: NEW }, { emails: [{ ...work, value: NEW }, home] }],
    [
      'replace',
      'emails[type eq "home"].primary',
      'True',
      {
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
    ],
    ['add', 'emails[type eq "other"].value', NEW, { emails: [work, home, { type: 'other', value: NEW }] }],
    ['add', 'phoneNumbers[type eq "mobile"].value', '1', { phoneNumbers: [{ type: 'mobile', value: '1' }] }],
    ['add', 'addresses[type eq "work"].country', 'PT', { addresses: [{ type: 'work', country: 'PT' }] }],
    ['remove', 'emails[type eq "work"]', undefined, { emails: [home] }],
    ['remove', 'emails[type eq "work"].value', undefined, { emails: [home] }],
    [
      'Remove',
      'emails[Type eq "Work"].primary',
      undefined,
      {
        emails: [{ value: work.value, type: 'work' }, home],
      },
    ],
    ['remove', 'emails[type eq "other"]', undefined, {}],
    ['remove', 'emails[type eq "other"].value', undefined, {}],
    ['remove', 'phoneNumbers[type eq "work"].value', undefined, {}],
    ['remove', 'roles[value pr]', undefined, { roles: undefined }],
    ['remove', 'emails', { value: home.value }, { emails: [work] }],
    ['remove', 'emails.primary', undefined, { emails: [{ value: work.value, type: 'work' }, home] }],
  ])('selects what changes: %s %s', async (op, path, value, expected) => {
    const { status, body } = await directory.change(`/Users/${id}`, { op, path, value })
    expect(status, JSON.stringify(body)).toBe(200)
    expect(await stored()).toEqual(JSON.parse(JSON.stringify({ ...ana, ...expected })))
  })

  it.each<[string, string, string]>([
    ['replace', 'emails[type eq "other"].value', 'noTarget'],
    ['add', 'emails[type ne "work" and value eq "x"].value', 'noTarget'],
    ['replace', 'userName[type eq "work"].value', 'invalidPath'],
    ['replace', 'emails[type eq "work"', 'invalidPath'],
    ['replace', 'emails[type eq work].value', 'invalidPath'],
    ['replace', 'emails[type xx "work"].value', 'invalidPath'],
    ['replace', 'emails[type eq "\\x"].value', 'invalidPath'],
    ['replace', 'emails[].value', 'invalidPath'],
    ['replace', `emails[${'('.repeat(5000)}`, 'invalidPath'],
    ['replace', `emails[${'('.repeat(5000)}]`, 'invalidPath'],
    ['replace', 'name.givenName.x', 'invalidPath'],
    ['replace', 'name[type eq "x"].a.b', 'invalidPath'],
    ['replace', 'name.givenName[a eq "x"]', 'invalidPath'],
    ['replace', 'a b', 'invalidPath'],
    ['replace', `${ENTERPRISE}:`, 'invalidPath'],
    ['replace', 'constructor', 'invalidPath'],
    ['replace', 'id', 'mutability'],
    ['replace', 'meta.created', 'mutability'],
    ['add', 'groups', 'mutability'],
  ])('or a path that cannot be applied changes nothing: %s %s', async (op, path, scimType) => {
    const changed = { op: 'replace', path: 'title', value: 'Prof' }
    const refused = await directory.change(`/Users/${id}`, changed, { op, path, value: NEW })
    expect(refused).toMatchObject({ status: 400, body: { scimType } })
    expect(await stored()).toEqual(ana)
  })

  it('is not needed to send a whole resource back', async () => {
    const { body } = await directory.scim('GET', `/Users/${id}`)
    const { status } = await directory.change(`/Users/${id}`, {
      op: 'replace',
      value: { ...body, title: 'Prof' },
    })
    expect(status).toBe(200)
    expect(await stored()).toEqual({ ...ana, title: 'Prof' })
  })
})
