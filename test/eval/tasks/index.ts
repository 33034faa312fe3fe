import type { Task } from '../task.js'
import { applicationTasks } from './applications.js'
import { enterpriseTasks } from './enterprise.js'
import { organizationTasks } from './organizations.js'
import { userTasks } from './users.js'

/** What administrators ask for, from reading to bulk changes. */
export const tasks: readonly Task[] = [
  ...organizationTasks,
  ...userTasks,
  ...applicationTasks,
  ...enterpriseTasks,
]
