import type { Field, Operation, Option } from '../kinds/kind.js'
import type { FieldProblem, Texts } from './form-values.js'
import { type ObjectFrame, ObjectPage } from './object-frame.js'

/** A field with what it offers. */
export interface ShownField extends Field {
  readonly offered: readonly Option[]
}

export interface FormView extends ObjectFrame {
  operation: Operation
  fields: readonly ShownField[]
  texts: Texts
  /** What the API has refused, and which fields it is about. */
  refused?: { message: string; fields: readonly FieldProblem[] }
  csrf: string
  /** Where to go without doing it. */
  back: string
}

/** The form of an operation. After a refusal it has everything that was typed, but secrets. */
export function FormPage({ operation, fields, texts, refused, csrf, back, ...frame }: FormView) {
  return (
    <ObjectPage {...frame}>
      {operation.lead !== undefined && <p class="lead">{operation.lead}</p>}
      {refused !== undefined && (
        <p class="problem" role="alert">
          {refused.message}
        </p>
      )}
      <form method="post" class={operation.danger ? 'object-form danger' : 'object-form'}>
        <input type="hidden" name="csrf" value={csrf} />
        <div class="fields">
          {fields.map((field) => (
            <FieldInput
              field={field}
              texts={texts[field.path] ?? []}
              problem={refused?.fields.find((one) => isAbout(one, field))?.description}
            />
          ))}
        </div>
        <p class="inline">
          <button type="submit" class={operation.danger ? 'destroy' : undefined}>
            {operation.name === 'edit' ? 'Save' : operation.label}
          </button>
          <a class="button secondary" href={back}>
            Cancel
          </a>
        </p>
      </form>
    </ObjectPage>
  )
}

/** The API names fields as `client.redirect_uris[0]`, or without the message that they are in. */
function isAbout({ field: named }: FieldProblem, { path }: Field): boolean {
  const name = named.replace(/\[[^\]]*\].*$/, '')
  return name === path || path.endsWith(`.${name}`)
}

interface InputView {
  field: ShownField
  texts: readonly string[]
  problem: string | undefined
}

function FieldInput({ field, texts, problem }: InputView) {
  const id = field.path.replaceAll('.', '-')
  const described = [field.help !== undefined && `${id}-help`, problem !== undefined && `${id}-problem`]
    .filter(Boolean)
    .join(' ')
  const common = {
    id,
    name: field.path,
    ...(described !== '' && { 'aria-describedby': described }),
    ...(problem !== undefined && { 'aria-invalid': 'true' as const }),
  }
  const notes = (
    <>
      {field.help !== undefined && (
        <p class="note" id={`${id}-help`}>
          {field.help}
        </p>
      )}
      {problem !== undefined && (
        <p class="field-problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </>
  )
  if (field.type === 'checkbox')
    return (
      <div class="field">
        <label class="check">
          <input type="checkbox" {...common} checked={texts.length > 0} /> {field.label}
        </label>
        {notes}
      </div>
    )
  if (field.type === 'checks')
    return (
      <fieldset class="field">
        <legend>{field.label}</legend>
        {field.offered.length === 0 && <p class="empty">Nothing to choose from yet.</p>}
        {withKept(field.offered, texts).map(({ value, label }) => (
          <label class="check">
            <input type="checkbox" name={field.path} value={value} checked={texts.includes(value)} /> {label}
          </label>
        ))}
        {notes}
      </fieldset>
    )
  return (
    <div class="field">
      <label for={id}>
        {field.label}
        {field.required === true && <span class="required"> (required)</span>}
      </label>
      <Input field={field} text={texts[0] ?? ''} common={common} />
      {notes}
    </div>
  )
}

interface Common {
  id: string
  name: string
}

function Input({ field, text, common }: { field: ShownField; text: string; common: Common }) {
  const { type, offered } = field
  const required = field.required === true
  if (type === 'area' || type === 'lines' || type === 'pairs')
    return (
      <textarea {...common} rows={type === 'area' ? 3 : 4} required={required}>
        {text}
      </textarea>
    )
  if (type === 'select')
    return (
      <select {...common} required={required}>
        {!required && <option value="">–</option>}
        {withKept(offered, text === '' ? [] : [text]).map(({ value, label }) => (
          <option value={value} selected={value === text}>
            {label}
          </option>
        ))}
      </select>
    )
  const list = offered.length > 0 ? `${common.id}-list` : undefined
  return (
    <>
      <input
        {...common}
        type={type === 'secret' ? 'password' : type === 'number' ? 'text' : type}
        inputmode={type === 'number' ? 'numeric' : undefined}
        value={type === 'secret' ? '' : text}
        required={required}
        autocomplete="off"
        list={list}
      />
      {list !== undefined && (
        <datalist id={list}>
          {offered.map(({ value, label }) => (
            <option value={value}>{label}</option>
          ))}
        </datalist>
      )}
    </>
  )
}

/** What an object has stays possible, even where it is no longer offered. */
function withKept(offered: readonly Option[], texts: readonly string[]): readonly Option[] {
  const others = texts.filter((text) => offered.every(({ value }) => value !== text))
  return [...offered, ...others.map((value) => ({ value, label: value }))]
}
