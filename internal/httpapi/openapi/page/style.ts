import { Html } from './html.ts';

/** The style of the page. Helmet's policy lets a page have its own style, and no scripts. */
export const STYLE = new Html(`
:root { color-scheme: light dark; --line: #8885; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 0 auto; padding: 1rem; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
h3 { margin: 2.5rem 0 .5rem; }
h4 { margin: 1rem 0 .25rem; }
code, pre { font: .875em/1.45 ui-monospace, monospace; }
code { overflow-wrap: break-word; }
pre { background: var(--soft); padding: .75rem; overflow-x: auto; border-radius: 4px; }
.line code { font-size: 1em; }
table { border-collapse: collapse; width: 100%; margin: .25rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; }
tr { border-bottom: 1px solid var(--line); }
em { font-size: .8em; opacity: .75; }
.fact { opacity: .8; }
nav ul { columns: 20rem; }
`);
