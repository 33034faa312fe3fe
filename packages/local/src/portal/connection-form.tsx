import type { ConnectionFields, OidcFields, SamlFields } from './connection-fields.js'

interface FormView<Fields> {
  csrf: string
  fields: Fields
  problem: string | undefined
}

/** What an administrator copies from the identity provider. */
export function ConnectionForm({ csrf, fields, problem }: FormView<ConnectionFields>) {
  const invalid: Record<string, string> = problem === undefined ? {} : { 'aria-describedby': 'problem' }
  return (
    <form method="post" class="fields" novalidate>
      <input type="hidden" name="csrf" value={csrf} />
      {fields.type === 'OIDC' ? (
        <OidcInputs fields={fields} invalid={invalid} />
      ) : (
        <SamlInputs fields={fields} invalid={invalid} />
      )}
      <div class="answer">
        <button type="submit" name="action" value="save">
          Save
        </button>
      </div>
    </form>
  )
}

interface InputsView<Fields> {
  fields: Fields
  invalid: Record<string, string>
}

function OidcInputs({ fields, invalid }: InputsView<OidcFields>) {
  return (
    <>
      <label for="issuer">Issuer</label>
      <input id="issuer" name="issuer" type="url" required value={fields.issuer} {...invalid} />
      <label for="client_id">Client ID</label>
      <input
        id="client_id"
        name="client_id"
        type="text"
        autocomplete="off"
        required
        value={fields.client_id}
        {...invalid}
      />
      <label for="client_secret">Client secret{fields.hasSecret && ' (leave empty to keep it)'}</label>
      <input id="client_secret" name="client_secret" type="password" autocomplete="off" {...invalid} />
    </>
  )
}

function SamlInputs({ fields, invalid }: InputsView<SamlFields>) {
  return (
    <>
      <label for="metadata_url">Metadata URL</label>
      <input id="metadata_url" name="metadata_url" type="url" value={fields.metadata_url} {...invalid} />
      <p class="note">Or paste the metadata file:</p>
      <label for="metadata_xml">Metadata XML</label>
      <textarea id="metadata_xml" name="metadata_xml" rows={4} {...invalid}></textarea>
      <p class="note">Or fill in the three values:</p>
      <label for="entity_id">Entity ID</label>
      <input
        id="entity_id"
        name="entity_id"
        type="text"
        autocomplete="off"
        value={fields.entity_id}
        {...invalid}
      />
      <label for="sso_url">Sign-on URL</label>
      <input id="sso_url" name="sso_url" type="url" value={fields.sso_url} {...invalid} />
      <label for="certificate">Certificate</label>
      <textarea id="certificate" name="certificate" rows={4} {...invalid}>
        {fields.certificate}
      </textarea>
    </>
  )
}
