import { OBJECT_STYLES } from './object-styles.js'
import { TABLE_STYLES } from './table-styles.js'

/** The one stylesheet of all pages. Colours meet WCAG 2.2 AA in both schemes. */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f4f5f8, #101218);
  --card: light-dark(#ffffff, #191c25);
  --text: light-dark(#14161d, #eceef4);
  --quiet: light-dark(#555c6c, #a3abbd);
  --line: light-dark(#dfe2ea, #2d3240);
  --accent: light-dark(#3b3fd8, #a5a9ff);
  --on-accent: light-dark(#ffffff, #12132b);
  --tint: light-dark(#eef0fe, #22263a);
  --warn: light-dark(#8a3b00, #ffbe85);
  --warn-tint: light-dark(#fff3e6, #35261a);
  --warn-line: light-dark(#f0b27a, #7a4d24);
  --error: light-dark(#a4161a, #ffb0ad);
  --error-tint: light-dark(#fdecec, #3a1d20);
  --good: light-dark(#146c3c, #7fdca6);
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center;
  padding: 2rem 1rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main { width: 100%; max-width: 28rem; }
body.dashboard main, body.dashboard header { max-width: 76rem; }
header { margin-bottom: 1.25rem; }
.badge {
  display: inline-flex; align-items: center; gap: .5rem; padding: .3rem .8rem; border-radius: 99px;
  border: 1px solid var(--warn-line); background: var(--warn-tint); color: var(--warn);
  font-size: .8125rem; font-weight: 600;
}
.badge::before { content: ""; width: .5rem; height: .5rem; border-radius: 50%; background: currentColor; }
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 2rem;
  box-shadow: 0 1px 2px rgb(0 0 0 / .05), 0 12px 32px rgb(0 0 0 / .07);
}
h1 { margin: 0 0 .5rem; font-size: 1.45rem; line-height: 1.25; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { margin: 1.5rem 0 .6rem; font-size: .875rem; font-weight: 600; color: var(--quiet); }
p { margin: .5rem 0; overflow-wrap: anywhere; }
.lead { color: var(--quiet); margin-bottom: 1rem; }
.lead strong { color: var(--text); }
.client { color: var(--accent); }
ul { list-style: none; margin: 0; padding: 0; }
button, input, select, textarea { font: inherit; color: inherit; }
button {
  min-height: 2.75rem; padding: .5rem 1.25rem; border-radius: 9px; border: 1px solid var(--accent);
  background: var(--accent); color: var(--on-accent); font-weight: 600; cursor: pointer;
}
a.button {
  display: flex; align-items: center; justify-content: center; min-height: 2.75rem; padding: .5rem 1rem;
  border: 1px solid var(--line); border-radius: 9px; font-weight: 600; text-decoration: none; color: var(--text);
}
a.button:hover { background: var(--tint); border-color: var(--accent); }
.providers { list-style: none; padding-left: 0; }
.providers li + li { margin-top: .5rem; }
button:hover { filter: brightness(1.08); }
button.secondary { background: transparent; color: var(--text); border-color: var(--line); }
button.secondary:hover, .person:hover { background: var(--tint); border-color: var(--accent); filter: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.person {
  display: flex; align-items: center; gap: .85rem; width: 100%; padding: .6rem .75rem; margin-bottom: .5rem;
  background: transparent; color: var(--text); border-color: var(--line); text-align: left; font-weight: 400;
}
.initial {
  flex: none; display: grid; place-items: center; width: 2.25rem; height: 2.25rem; border-radius: 50%;
  background: var(--tint); color: var(--accent); font-weight: 700;
}
.who { flex: 1; min-width: 0; }
.name, .email { display: block; overflow: hidden; text-overflow: ellipsis; }
.name { font-weight: 600; line-height: 1.3; }
.email, .host { color: var(--quiet); font-size: .875rem; }
.role, .tag {
  flex: none; padding: .1rem .55rem; border-radius: 99px; font-size: .75rem; font-weight: 600;
  background: var(--tint); color: var(--accent);
}
.by-email { margin-top: 1.25rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
label { display: block; margin-bottom: .4rem; font-size: .875rem; font-weight: 600; }
.row { display: flex; gap: .5rem; }
input[type="email"], input[type="password"] {
  flex: 1; min-width: 0; min-height: 2.75rem; padding: .5rem .75rem; border-radius: 9px;
  border: 1px solid var(--quiet); background: var(--card);
}
.pin { display: flex; gap: .5rem; margin: 0; padding: 0; border: 0; }
.pin legend { padding: 0; margin-bottom: .4rem; font-size: .875rem; font-weight: 600; }
.fields .pin input { width: 2.75rem; min-width: 0; flex: 1; padding: 0; text-align: center; font-size: 1.25rem; }
.problem {
  padding: .7rem .9rem; border-radius: 9px; background: var(--error-tint); color: var(--error); font-weight: 500;
}
.facts { display: grid; grid-template-columns: auto 1fr; gap: .45rem 1rem; margin: 1.25rem 0 0; }
.facts dt { color: var(--quiet); font-size: .875rem; line-height: 1.5rem; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.facts .host { display: block; }
.scopes li {
  display: flex; flex-direction: column; padding: .6rem .8rem; margin-bottom: .45rem;
  border: 1px solid var(--line); border-radius: 9px;
}
.name-of-scope { display: flex; justify-content: space-between; align-items: center; gap: .75rem; }
.scopes .write { border-color: var(--warn-line); border-left-width: 4px; background: var(--warn-tint); }
.scopes .write .words { font-weight: 600; }
.scopes .write .tag { background: transparent; border: 1px solid var(--warn-line); color: var(--warn); }
code { font: .8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; color: var(--quiet); }
.note, .code { font-size: .875rem; color: var(--quiet); }
.answer { display: flex; gap: .75rem; margin-top: 1.5rem; }
.answer button { flex: 1; }
footer { margin-top: 1.25rem; font-size: .8125rem; color: var(--quiet); text-align: center; }
${TABLE_STYLES}
${OBJECT_STYLES}
@media (max-width: 24rem) { .card { padding: 1.25rem; } .row, .answer { flex-direction: column; } }
@media (prefers-reduced-motion: no-preference) { button { transition: background .12s, border-color .12s, filter .12s; } }
`
