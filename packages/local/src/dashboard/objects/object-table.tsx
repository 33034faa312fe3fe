import { asObject, type Json } from '../dashboard-api.js'
import { type Ids, type Kind, listPath, type Operation, objectPath } from '../kinds/kind.js'
import { Copyable } from './object-frame.js'

/** A page of a list, as the API has answered it. */
export interface ListView {
  readonly kind: Kind
  readonly ids: Ids
  readonly objects: readonly Json[]
  /** How many there are in all, where the API says so. */
  readonly total: number | undefined
  readonly newer: string | undefined
  readonly older: string | undefined
}

/** A table of objects, or a sentence where there is none. */
export function ObjectTable({ kind, ids, objects }: Pick<ListView, 'kind' | 'ids' | 'objects'>) {
  if (objects.length === 0) return <p class="empty">No {kind.one} yet.</p>
  return (
    <section class="scroll" tabindex={0} aria-label={`Table of ${kind.many}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">{kind.title ?? 'Name'}</th>
            <th scope="col">Id</th>
            {kind.columns.map(({ name }) => (
              <th scope="col">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {objects.map(asObject).map((object) => {
            const id = kind.idOf(object)
            return (
              <tr>
                <td>
                  <a href={objectPath(kind, { ...ids, [kind.param]: id })}>{kind.titleOf(object) || id}</a>
                </td>
                <td>
                  <Copyable value={id} name={`the id of ${kind.titleOf(object) || id}`} />
                </td>
                {kind.columns.map(({ of }) => (
                  <td>{of(object, ids)}</td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

/** A list on the page of something else: its first entries, and where the rest is. */
export function ListSection({ view }: { view: ListView }) {
  const { kind, ids, objects, total, older } = view
  const id = `list-${kind.param}`
  return (
    <section class="data" aria-labelledby={id}>
      <div class="data-head">
        <h2 id={id}>
          <a href={listPath(kind, ids)}>{kind.many}</a>
          {(total ?? (older === undefined ? objects.length : undefined)) !== undefined && (
            <span class="count">{total ?? objects.length}</span>
          )}
        </h2>
        <CreateLinks kind={kind} ids={ids} />
      </div>
      <ObjectTable {...view} />
      {older !== undefined && (
        <p class="note">
          <a href={listPath(kind, ids)}>All {kind.many.toLowerCase().replace(/^mcp/, 'MCP')}</a>
        </p>
      )}
    </section>
  )
}

export function CreateLinks({ kind, ids }: { kind: Kind; ids: Ids }) {
  return (
    <p class="actions">
      {kind.creates.map((operation) => (
        <a class="button secondary" href={createPath(kind, ids, operation)}>
          {operation.label}
        </a>
      ))}
    </p>
  )
}

export const createPath = (kind: Kind, ids: Ids, { name }: Operation): string =>
  `${listPath(kind, ids)}/-/${name}`
