/** The part of the stylesheet for the pages of objects in the dashboard: search, path, forms, code. */
export const OBJECT_STYLES = `
.top { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .75rem; margin-bottom: .75rem; }
.top .brand { margin: 0; }
.top search { flex: 0 1 22rem; }
.top input {
  width: 100%; min-height: 2.5rem; padding: .4rem .75rem; border-radius: 9px;
  border: 1px solid var(--quiet); background: var(--card);
}
.crumbs { margin-bottom: .5rem; }
.crumbs ol { display: flex; flex-wrap: wrap; gap: .25rem; margin: 0; padding: 0; list-style: none; font-size: .875rem; }
.crumbs li + li::before { content: "/"; margin-right: .25rem; color: var(--quiet); }
.crumbs a { display: inline; padding: .15rem; border: 0; font-weight: 500; overflow-wrap: anywhere; }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0; }
.actions .button { display: inline-flex; min-height: 2.25rem; padding: .25rem .85rem; font-size: .875rem; }
.actions + .scroll, .actions + .empty { margin-top: .75rem; }
.inline .button { display: inline-flex; }
.inline { align-items: center; }
.data-head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .5rem; margin-bottom: .5rem; }
.data-head h2, .data-head h3 { margin: 0; }
.data h3, .code-block h3 { font-size: .875rem; }
.data-head h2 a { color: var(--text); }
.copyable { display: inline-flex; flex-wrap: wrap; align-items: center; gap: .4rem; max-width: 100%; }
.copyable code { overflow-wrap: anywhere; }
td .copyable { flex-wrap: nowrap; }
td .copyable code { overflow-wrap: normal; }
button.copy {
  min-height: 1.75rem; padding: .1rem .6rem; border: 1px solid var(--line); border-radius: 7px;
  background: transparent; color: var(--text); font-size: .8125rem;
}
button.copy:hover { background: var(--tint); border-color: var(--accent); filter: none; }
button.destroy, .button.destroy { background: transparent; border-color: var(--error); color: var(--error); }
button.destroy { background: var(--error-tint); }
button.destroy:hover, .button.destroy:hover { background: var(--error-tint); border-color: var(--error); filter: none; }
.object-form { max-width: 40rem; }
.object-form.danger { padding: .25rem 1.25rem 1.25rem; border: 1px solid var(--error); border-radius: 12px; }
.field { min-width: 0; margin: .75rem 0 0; padding: 0; border: 0; }
.field legend { padding: 0; font-size: .875rem; font-weight: 600; }
.field label:not(.check) { margin: 0 0 .35rem; }
.field .note, .field .field-problem { margin: .3rem 0 0; }
.field textarea { font: .875rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.fields label.check { display: flex; align-items: center; gap: .6rem; min-height: 2rem; margin: 0; font-weight: 500; overflow-wrap: anywhere; }
.fields label.check input:not([type="hidden"]) { flex: none; width: 1.15rem; min-height: 1.15rem; height: 1.15rem; accent-color: var(--accent); }
.fields [aria-invalid] { border-color: var(--error); border-width: 2px; }
.field-problem { color: var(--error); font-size: .875rem; font-weight: 500; }
.required { color: var(--quiet); font-weight: 400; }
dl.facts.card { padding: 1.25rem 1.5rem; }
.facts dd ul { margin: 0; }
.code-block { margin: .75rem 0 1.25rem; }
.history summary { padding: .15rem 0; cursor: pointer; overflow-wrap: anywhere; }
.history li { padding: .35rem 0; border-bottom: 1px solid var(--line); }
.reveal .button { display: inline-flex; }
.reveal .facts dd p { margin: 0 0 .4rem; }
@media (max-width: 36rem) {
  .facts { grid-template-columns: 1fr; gap: .15rem; }
  .facts dd { margin-bottom: .6rem; }
  .top search { flex: 1 1 100%; }
}
`
