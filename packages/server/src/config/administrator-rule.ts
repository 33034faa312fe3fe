import * as z from 'zod'

const listOfNames = z
  .string()
  .transform((value) =>
    value
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean),
  )
  .refine((each) => each.length > 0, 'set it to one or more names, with commas between them')
  .optional()

/** The variables that state the rule. */
export const administratorVariables = {
  ADMIN_ORGANIZATION: {
    schema: z
      .string()
      .regex(/^org_[0-9]{1,28}$/, 'set it to the id of your own organization, like org_100000000000000001')
      .optional(),
    describe:
      'Environment mode: the organization of your own company. Its active members administer the environment; nobody else does. Narrow it with ADMIN_ROLES or ADMIN_PERMISSION. It is an id like org_100000000000000000.',
    active: '',
  },
  ADMIN_ROLES: {
    schema: listOfNames,
    describe:
      'Environment mode: role names, with commas. A member of ADMIN_ORGANIZATION needs one of them. Default: every member.',
    active: 'admin',
  },
  ADMIN_PERMISSION: {
    schema: z.string().max(100).optional(),
    describe: 'Environment mode: name of a permission that a member of ADMIN_ORGANIZATION also needs.',
  },
  ADMIN_CLIENTS: {
    schema: listOfNames,
    describe:
      'Environment mode: ids of service clients, with commas, that may call with their own token (client credentials), without a person.',
  },
} as const

/** Who administers the environment. Configuration accepts it only with an organization or a client. */
export interface AdministratorRule {
  /** The operator's own organization. Absent: no person administers. */
  readonly organizationId?: string
  /** Role names; holding one is enough. Empty: roles do not matter. */
  readonly roles: readonly string[]
  /** Name of a permission that the person also needs. */
  readonly permission?: string
  /** Ids of clients that may call with their own token, without a person. */
  readonly clients: readonly string[]
}

interface AdministratorValues {
  readonly ADMIN_ORGANIZATION?: string | undefined
  readonly ADMIN_ROLES?: readonly string[] | undefined
  readonly ADMIN_PERMISSION?: string | undefined
  readonly ADMIN_CLIENTS?: readonly string[] | undefined
}

/** The rule that the environment variables state. */
export function administratorRule(values: AdministratorValues): AdministratorRule {
  return {
    ...(values.ADMIN_ORGANIZATION ? { organizationId: values.ADMIN_ORGANIZATION } : {}),
    roles: values.ADMIN_ROLES ?? [],
    ...(values.ADMIN_PERMISSION ? { permission: values.ADMIN_PERMISSION } : {}),
    clients: values.ADMIN_CLIENTS ?? [],
  }
}

/**
 * Environment mode needs a rule for who administers; in workspace mode Scalekit decides, and a rule would be ignored.
 *
 * @param values the variables that have a value
 * @param environment as it was given: a misspelled or an empty variable must not open what it was meant to close
 */
export function wrongAdministrators(
  values: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const { ADMIN_ORGANIZATION, ADMIN_CLIENTS } = values
  const problems = misspelled(environment)
  if (values.SCALEKIT_WORKSPACE_URL) {
    const given = names.filter((name) => values[name])
    return [
      ...problems,
      ...given.map(
        (name) => `${name}: unset it in workspace mode, where Scalekit decides by the member's own role.`,
      ),
    ]
  }
  if (!values.SCALEKIT_ENV_URL) return problems
  if (!ADMIN_ORGANIZATION && !ADMIN_CLIENTS) {
    problems.push(
      'ADMIN_ORGANIZATION is missing: set it to the id of your own organization in this environment, like org_…, whose members may administer the environment. Narrow it with ADMIN_ROLES or ADMIN_PERMISSION; for service clients set ADMIN_CLIENTS.',
    )
  }
  for (const name of ['ADMIN_ROLES', 'ADMIN_PERMISSION']) {
    if (values[name] && !ADMIN_ORGANIZATION) {
      problems.push(`${name}: needs ADMIN_ORGANIZATION, because it narrows the members of that organization.`)
    }
    if (environment[name] !== undefined && !values[name]) {
      problems.push(
        `${name}: is empty. Set it, or unset it if every member of ADMIN_ORGANIZATION administers.`,
      )
    }
  }
  return problems
}

const names = Object.keys(administratorVariables)

/** What looks like one of the variables and is none. */
function misspelled(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(environment)
    .filter((name) => /^ADMINS?_?(ORG|ROLE|PERM|CLIENT)|^ADMINISTRATOR/i.test(name) && !names.includes(name))
    .map(
      (name) =>
        `${name}: is not a variable of this server. Rename it to one of ${names.join(', ')}, or unset it.`,
    )
}
