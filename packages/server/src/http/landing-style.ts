/** Colours meet WCAG 2.2 AA in both schemes. */
export const landingStyle = `
:root { color-scheme: light dark; --page: light-dark(#f4f5f8, #101218); --card: light-dark(#fff, #191c25);
  --text: light-dark(#14161d, #eceef4); --quiet: light-dark(#555c6c, #a3abbd); --line: light-dark(#dfe2ea, #2d3240);
  --accent: light-dark(#3b3fd8, #a5a9ff); }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 14px; }
h1 { margin: 0; font-size: 1.5rem; } h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; } h3 { margin: 1.25rem 0 .25rem; font-size: 1rem; }
p { margin: .5rem 0; } .quiet { color: var(--quiet); }
code, pre { font: .9rem/1.4 ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
pre { margin: .5rem 0; padding: .6rem .8rem; border: 1px solid var(--line); border-radius: 9px; white-space: pre-wrap; }
a.button { display: inline-block; margin: .25rem .5rem .25rem 0; padding: .55rem 1rem; border: 1px solid var(--accent);
  border-radius: 9px; color: var(--accent); font-weight: 600; text-decoration: none; }
a.button:hover, a.button:focus-visible { text-decoration: underline; }
ul { list-style: none; margin: 0; padding: 0; } li { padding: .35rem 0; border-top: 1px solid var(--line); }
li:first-child { border-top: 0; }
`
