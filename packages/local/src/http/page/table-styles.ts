/** The part of the stylesheet for pages with navigation, tables and forms: the dashboard and the admin portal. */
export const TABLE_STYLES = `
.dashboard { align-items: stretch; padding: 0; }
.dashboard > header { width: 100%; margin: 0 auto; padding: 1.25rem 1.5rem 0; }
.dashboard main { margin: 0 auto; padding: 1.5rem; }
.dashboard h1 { font-size: 1.75rem; }
.brand { display: flex; align-items: center; gap: .75rem; margin: 0 0 1rem; font-weight: 700; font-size: 1.1rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem; border-bottom: 1px solid var(--line); }
nav a {
  display: block; padding: .6rem .9rem; color: var(--quiet); text-decoration: none; font-weight: 600;
  border-bottom: 3px solid transparent; border-radius: 6px 6px 0 0;
}
nav a:hover { background: var(--tint); color: var(--text); }
nav a[aria-current] { color: var(--accent); border-color: var(--accent); }
a { color: var(--accent); }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem 1rem; background: var(--card); z-index: 1; }
.cards, .messages { display: grid; gap: 1.25rem; margin: 1.5rem 0; }
.cards { grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); }
.cards .card, .messages .card { padding: 1.5rem; }
.cards h2, .messages h2 {
  overflow-wrap: anywhere;
  display: flex; justify-content: space-between; align-items: center; gap: .75rem; margin: 0;
  font-size: 1.15rem; color: var(--text);
}
.counts { display: flex; flex-wrap: wrap; gap: .35rem 1.25rem; margin-top: 1.25rem; color: var(--quiet); }
.counts strong { color: var(--text); font-size: 1.05rem; }
.button {
  display: inline-flex; align-items: center; min-height: 2.75rem; padding: .5rem 1.25rem; border-radius: 9px;
  border: 1px solid var(--line); color: var(--text); font-weight: 600; text-decoration: none;
}
.button:hover { background: var(--tint); border-color: var(--accent); }
.inline { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1rem; }
.data { margin: 2rem 0; }
.data h2 { font-size: 1.05rem; color: var(--text); }
.count {
  padding: .1rem .55rem; margin-left: .35rem; border-radius: 99px; background: var(--tint); color: var(--accent);
  font-size: .8125rem;
}
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 12px; background: var(--card); }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
th { text-align: left; font-size: .8125rem; color: var(--quiet); white-space: nowrap; }
th, td { padding: .6rem 1rem; vertical-align: top; border-bottom: 1px solid var(--line); }
tr:last-child td { border-bottom: 0; }
tbody tr:hover { background: var(--tint); }
.state { white-space: nowrap; font-weight: 600; font-size: .875rem; color: var(--quiet); }
.state.good { color: var(--good); }
.state.bad { color: var(--error); }
.pager { display: flex; gap: 1rem; align-items: center; margin: 0 0 2rem; }
.filter { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: end; margin: 1rem 0; }
.filter label, .inline label { margin: 0; }
.filter input, .filter select, .inline input {
  display: block; min-height: 2.5rem; max-width: 100%; padding: .35rem .6rem; margin-top: .25rem; border-radius: 9px;
  border: 1px solid var(--quiet); background: var(--card);
}
button.small { min-height: 2rem; padding: .2rem .75rem; font-size: .875rem; }
.quiet { color: var(--quiet); }
.attempts li { padding: .2rem 0; overflow-wrap: anywhere; }
.mail { padding: .25rem 1rem; margin-top: .75rem; border-left: 4px solid var(--line); }
summary { cursor: pointer; color: var(--accent); font-weight: 600; padding: .4rem 0; }
.empty { color: var(--quiet); }
.big { font-size: 1.5rem; letter-spacing: .12em; font-variant-numeric: tabular-nums; }
body.portal main { max-width: 44rem; }
.portal nav { margin-bottom: 1rem; }
.entries li { padding: .5rem 0; }
.reveal { margin: 1.25rem 0; padding: .9rem 1rem; border-radius: 9px; background: var(--tint); }
.token { font-size: 1rem; color: var(--text); overflow-wrap: anywhere; }
.fields { display: grid; gap: .35rem; margin-top: 1rem; }
.fields label { margin: .75rem 0 0; }
.fields input:not([type="hidden"]), .fields select, .fields textarea {
  width: 100%; min-height: 2.75rem; padding: .5rem .75rem; border-radius: 9px;
  border: 1px solid var(--quiet); background: var(--card);
}
.wide { width: 100%; margin-top: .5rem; }
pre {
  margin: .75rem 0 0; padding: .75rem 1rem; border-radius: 9px; background: var(--tint); overflow-x: auto;
  font: .8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
}
`
