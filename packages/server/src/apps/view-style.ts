/** The client's own colours and fonts where it names them (MCP Apps, "Theming"). */
export const viewStyle = `
:root { color-scheme: light dark; }
:root[data-theme=light] { color-scheme: light; }
:root[data-theme=dark] { color-scheme: dark; }
body {
  margin: 0; padding: 12px; font: 14px/1.5 var(--font-sans, system-ui, sans-serif);
  color: var(--color-text-primary, light-dark(#1b1b22, #ececf1));
  background: var(--color-background-primary, light-dark(#ffffff, #1b1b22));
}
h1 { font-size: 15px; margin: 0 0 8px; }
p { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 6px 10px 6px 0; overflow-wrap: anywhere; }
th { font-weight: 600; white-space: nowrap; }
th, dt { color: var(--color-text-secondary, light-dark(#4c4c59, #b9b9c6)); }
tr + tr td, thead + tbody tr td { border-top: 1px solid var(--color-border-primary, light-dark(#dcdce3, #3a3a46)); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0; }
dd { margin: 0; overflow-wrap: anywhere; }
nav { display: flex; gap: 8px; align-items: center; margin-top: 10px; }
button {
  font: inherit; color: inherit; padding: 4px 12px; border-radius: 6px; cursor: pointer;
  background: var(--color-background-secondary, light-dark(#f1f1f5, #2a2a34));
  border: 1px solid var(--color-border-primary, light-dark(#8a8a99, #6d6d7c));
}
button:disabled { opacity: .5; cursor: default; }
`
