export const PASSKEY_SCRIPT_PATH = '/assets/passkey.js'

/** Asks the browser for what the form needs (W3C Web Authentication, section 5.1), and sends it with the form. */
export const PASSKEY_SCRIPT = `
const form = document.querySelector('form[data-passkey]')
const ask = {
  create: (options) => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
}

form.addEventListener('submit', async (event) => {
  if (form.elements.credential.value !== '' || event.submitter?.value !== 'passkey') return
  event.preventDefault()
  try {
    const credential = await ask[form.dataset.passkey](JSON.parse(form.dataset.options))
    form.elements.credential.value = JSON.stringify(credential.toJSON())
    form.requestSubmit(event.submitter)
  } catch {
    document.getElementById('passkey-state').textContent = 'The browser gave no passkey. Try again, or choose another way.'
  }
})
`
