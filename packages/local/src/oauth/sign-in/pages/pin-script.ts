export const PIN_SCRIPT_PATH = '/assets/pin.js'

/** Moves from cell to cell while a code is typed, spreads a pasted one, and sends the form when nobody does so after the last digit. */
export const PIN_SCRIPT = `
const cells = [...document.querySelectorAll('[data-scope="pin-input"][data-part="input"]')]
const form = cells[0].form
let sent = false
form.addEventListener('submit', () => { sent = true })

function fill(from, digits) {
  digits.slice(0, cells.length - from).split('').forEach((digit, index) => { cells[from + index].value = digit })
  cells[Math.min(from + digits.length, cells.length - 1)].focus()
  if (cells.every(({ value }) => value !== '')) setTimeout(() => { if (!sent) form.requestSubmit() }, 3000)
}

cells.forEach((cell, index) => {
  cell.addEventListener('focus', () => cell.select())
  cell.addEventListener('input', () => {
    const digits = cell.value.replace(/[^0-9]/g, '')
    cell.value = ''
    if (digits !== '') fill(index, digits)
  })
  cell.addEventListener('paste', (event) => {
    event.preventDefault()
    fill(index, event.clipboardData.getData('text').replace(/[^0-9]/g, ''))
  })
  cell.addEventListener('keydown', (event) => {
    if (event.key === 'Backspace' && cell.value === '' && index > 0) cells[index - 1].focus()
    if (event.key === 'ArrowLeft' && index > 0) cells[index - 1].focus()
    if (event.key === 'ArrowRight' && index < cells.length - 1) cells[index + 1].focus()
  })
})
cells[0].focus()
`
