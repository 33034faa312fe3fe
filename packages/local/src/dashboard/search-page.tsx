import { type DashboardFrame, DashboardPage } from './dashboard-page.js'
import { Copyable } from './objects/object-frame.js'
import { PAGE_SCRIPT_PATH } from './page-script.js'
import type { FoundRow } from './search.js'

/** What was found by its id or name, in all environments. */
export function SearchPage({
  query,
  rows,
  more,
  ...frame
}: DashboardFrame & { query: string; rows: readonly FoundRow[]; more: boolean }) {
  const realmName = (realm: string) =>
    frame.environments.find(({ id }) => id === realm)?.display_name ?? 'Workspace'
  return (
    <DashboardPage {...frame} query={query} script={PAGE_SCRIPT_PATH}>
      {query === '' && <p class="lead">Search for a part of a name, an address or an id.</p>}
      {query !== '' && (
        <p class="lead" role="status">
          {rows.length === 0 ? 'Nothing has' : `${rows.length} found with`} <strong>{query}</strong> in its id
          or name.
          {more && ' There are more: search for a longer part of the name.'}
        </p>
      )}
      {rows.length > 0 && (
        <section class="scroll" tabindex={0} aria-label="Found">
          <table>
            <thead>
              <tr>
                {['Name', 'Kind', 'Id', 'Environment'].map((column) => (
                  <th scope="col">{column}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ href, name, kind, id, realm }) => (
                <tr>
                  <td>
                    <a href={href}>{name}</a>
                  </td>
                  <td>{kind}</td>
                  <td>
                    <Copyable value={id} name={`the id of ${name}`} />
                  </td>
                  <td>{realmName(realm)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </DashboardPage>
  )
}
