import { create } from '@bufbuild/protobuf'
import { createValidator } from '@bufbuild/protovalidate'
import { describe, expect, it } from 'vitest'
import {
  authOption,
  ClientService,
  EnvironmentService,
  environments,
  httpBindings,
  MembersService,
  members,
  OrganizationService,
  registry,
  services,
  UserService,
} from '../src/index.js'

const methods = services.flatMap((service) => service.methods)
const written = (method: (typeof methods)[number]) =>
  httpBindings(method).map(({ verb, path, body }) => `${verb} ${path.source}${body && ` <- ${body}`}`)

describe('the descriptors', () => {
  it('are those of 22 services with 226 methods, each unary and with an HTTP rule', () => {
    expect(services).toHaveLength(22)
    expect(methods).toHaveLength(226)
    expect(methods.filter((method) => method.methodKind !== 'unary')).toEqual([])
    expect(methods.filter((method) => httpBindings(method).length === 0)).toEqual([])
  })

  it('give the HTTP rule of a method, with its additional bindings', () => {
    expect(written(OrganizationService.method.createOrganization)).toEqual([
      'POST /api/v1/organizations <- organization',
    ])
    expect(written(UserService.method.getUser)).toEqual([
      'GET /api/v1/users/{id}',
      'GET /api/v1/users:external/{external_id}',
    ])
    expect(written(EnvironmentService.method.getEnvironment)).toEqual(['GET /api/v1/environments/{id}'])
    expect(written(MembersService.method.createMember)).toEqual(['POST /api/v1/members <- member'])
  })

  it('say who may call a method, and with which permissions', () => {
    const callers = (method: (typeof methods)[number]) => [...authOption(method).callers].sort()
    expect(callers(OrganizationService.method.createOrganization)).toEqual(['client', 'workspace'])
    expect(callers(UserService.method.listOrganizationUsers)).toEqual(['client', 'session', 'workspace'])
    expect(authOption(UserService.method.listOrganizationUsers).permissions).toEqual([
      'organizations_users_read',
    ])
    expect(callers(ClientService.method.registerClient)).toEqual(['none'])
    expect(callers(EnvironmentService.method.listEnvironment)).toEqual(['workspace'])
    expect(callers(MembersService.method.listMembers)).toEqual(['client', 'workspace'])
  })

  it('resolve the messages and the error details by name', () => {
    expect(registry.getMessage('scalekit.v1.errdetails.ErrorInfo')).toBeDefined()
    expect(registry.getMessage('scalekit.v1.environments.Environment')).toBe(environments.EnvironmentSchema)
  })

  it('of our own messages carry rules that the validator reads like those of the SDK', () => {
    const validator = createValidator()
    const member = (email: string) =>
      validator.validate(
        members.CreateMemberRequestSchema,
        create(members.CreateMemberRequestSchema, { member: { email } }),
      )
    expect(member('a@example.com').kind).toBe('valid')
    expect(member('nobody').kind).toBe('invalid')
    expect(
      validator.validate(members.CreateMemberRequestSchema, create(members.CreateMemberRequestSchema)).kind,
    ).toBe('invalid')
    const id = (value: string) =>
      validator.validate(
        environments.GetEnvironmentRequestSchema,
        create(environments.GetEnvironmentRequestSchema, { id: value }),
      )
    expect([id('env_1').kind, id('org_1').kind, id('').kind]).toEqual(['valid', 'invalid', 'invalid'])
  })
})
