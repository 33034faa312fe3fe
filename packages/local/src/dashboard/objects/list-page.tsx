import { listPath } from '../kinds/kind.js'
import { type ObjectFrame, ObjectPage } from './object-frame.js'
import { CreateLinks, ListSection, type ListView, ObjectTable } from './object-table.js'

/** A list, page by page. */
export function ListPage({ view, ...frame }: ObjectFrame & { view: ListView }) {
  const { kind, ids, total, newer, older } = view
  const href = (token: string) => `${listPath(kind, ids)}?page=${encodeURIComponent(token)}`
  return (
    <ObjectPage {...frame}>
      <p class="lead">
        {kind.lead} {total !== undefined && <>There are {total}, newest first.</>}
      </p>
      <CreateLinks kind={kind} ids={ids} />
      <ObjectTable {...view} />
      {(newer !== undefined || older !== undefined) && (
        <p class="inline">
          {newer !== undefined && (
            <a class="button secondary" href={href(newer)} rel="prev">
              Newer
            </a>
          )}
          {older !== undefined && (
            <a class="button secondary" href={href(older)} rel="next">
              Older
            </a>
          )}
        </p>
      )}
    </ObjectPage>
  )
}

/** What an environment has: the first entries of every list. */
export function EnvironmentPage({ views, ...frame }: ObjectFrame & { views: readonly ListView[] }) {
  return (
    <ObjectPage {...frame}>
      <nav aria-label={`Lists of ${frame.title}`}>
        <ul>
          {views.map(({ kind, ids }) => (
            <li>
              <a href={listPath(kind, ids)}>{kind.many}</a>
            </li>
          ))}
        </ul>
      </nav>
      {views.map((view) => (
        <ListSection view={view} />
      ))}
    </ObjectPage>
  )
}
