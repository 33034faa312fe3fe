import type { Migration } from './migration.js'

/** Passwords of users, as hashes, and how often somebody has guessed lately. */
export const passwords: Migration = {
  name: '0007-passwords',
  statements: (text) => [
    `create table passwords (user_id ${text} primary key references users (id) on delete cascade,
      hash ${text} not null, updated_at bigint not null)`,
    `create table password_attempts (
      environment_id ${text} not null references environments (id) on delete cascade,
      subject_hash ${text} not null, attempts integer not null, since bigint not null,
      primary key (environment_id, subject_hash))`,
  ],
}
