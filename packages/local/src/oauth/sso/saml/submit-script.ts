export const SUBMIT_SCRIPT_PATH = '/assets/submit-form.js'

export const SUBMIT_SCRIPT = `document.querySelector('form[data-submit]')?.requestSubmit()
`
