/** The databases that the local environment runs on. SQL that differs between them asks for this. */
export type Dialect = 'sqlite' | 'postgres'
