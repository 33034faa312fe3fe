import { Page } from '../../../http/page/page.js'
import { SUBMIT_SCRIPT_PATH } from './submit-script.js'

export interface PostForm {
  readonly title: string
  readonly lead: string
  /** Where the form goes. */
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
}

/** The HTTP POST binding (SAML 2.0 Bindings, section 3.5.4): a form that sends itself, with a button where scripts are off. */
export function PostFormPage({ title, lead, action, fields }: PostForm) {
  return (
    <Page title={title} script={SUBMIT_SCRIPT_PATH}>
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      <form method="post" action={action} class="fields" data-submit>
        {Object.entries(fields).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <div class="answer">
          <button type="submit">Continue</button>
        </div>
      </form>
    </Page>
  )
}
