/**
 * How pages look: one style sheet for screens in light and dark, and for paper.
 *
 * Colours are the variables of theme.ts. Nothing is loaded, so type is whatever the reader's system
 * has. On paper the ground is always light, links to data are left out, and figures do not break.
 */
import { themeDeclarations } from './theme.ts';

/** The style sheet as text. */
export function pageStyle(): string {
  return `:root { color-scheme: light dark; ${themeDeclarations('light')} }
@media screen and (prefers-color-scheme: dark) { :root { ${themeDeclarations('dark')} } }
${layout}${verdictParts}${figures}${paper}`;
}

const layout = `
* { box-sizing: border-box; }
html { background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  -webkit-text-size-adjust: 100%; font-variant-numeric: tabular-nums; }
body { margin: 0; }
main, footer { max-width: 1104px; margin: 0 auto; padding: 0 32px; }
h1, h2, h3 { line-height: 1.25; font-weight: 600; margin: 0; text-wrap: balance; }
h1 { font-size: 28px; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin-bottom: 4px; }
h3 { font-size: 14px; }
p { margin: 0; text-wrap: pretty; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px; }
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; font-size: 13px; }
section { border-top: 1px solid var(--edge); padding: 28px 0 12px; }
section > * + * { margin-top: 14px; }
.lead { color: var(--quiet); max-width: 76ch; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th, td { text-align: left; vertical-align: top; padding: 5px 16px 5px 0; border-bottom: 1px solid var(--grid); }
th { color: var(--quiet); font-weight: 500; white-space: nowrap; }
td code { white-space: nowrap; font-size: 12.5px; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.wide { width: 100%; }
.table { overflow-x: auto; }
dl.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); gap: 12px 24px; margin: 0; }
dl.facts dt { color: var(--quiet); font-size: 12.5px; }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
dl.facts code { font-size: 12px; }
dl.facts .long { grid-column: span 3; }
footer { color: var(--quiet); font-size: 12.5px; padding-top: 20px; padding-bottom: 40px; }
@media (max-width: 720px) { main, footer { padding: 0 16px; } dl.facts .long { grid-column: 1 / -1; } }
`;

const verdictParts = `
.head { padding: 40px 0 28px; display: grid; grid-template-columns: minmax(0, 1fr); gap: 20px; }
.head .title { display: flex; flex-wrap: wrap; align-items: baseline; gap: 8px 18px; }
.head .about { color: var(--quiet); max-width: 76ch; font-size: 16px; }
.verdict { font-size: 28px; font-weight: 700; line-height: 1.25; letter-spacing: -0.01em; }
.good { color: var(--good); } .bad { color: var(--bad); } .alert { color: var(--alert); } .quiet { color: var(--quiet); }
.paste { display: flex; align-items: stretch; background: var(--panel); border-radius: 6px; max-width: 100%; }
.paste code { padding: 10px 14px; flex: 1; overflow-x: auto; white-space: pre; min-width: 0; }
.paste button { font: inherit; font-size: 13px; border: 0; border-left: 2px solid var(--ground); background: none;
  color: var(--link); padding: 0 16px; cursor: pointer; min-width: 84px; }
.paste button:hover { text-decoration: underline; }
.paste button:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: -2px; }
.finding { border-left: 3px solid var(--bad); padding: 2px 0 2px 14px; }
.finding.alert { border-color: var(--alert); }
.finding.bad, .finding.alert { color: inherit; }
.finding.bad .what { color: var(--bad); } .finding.alert .what { color: var(--alert); }
.finding .what { font-weight: 600; overflow-wrap: anywhere; }
.finding .where { color: var(--quiet); font-size: 13.5px; }
.finding ul { margin: 6px 0 0; padding: 0; list-style: none; font-size: 13.5px; display: grid; gap: 2px; }
.finding + .finding { margin-top: 14px; }
.outcome { white-space: nowrap; font-weight: 500; }
`;

const figures = `
.figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 28px 40px; }
.figures:first-child { margin-top: 16px; }
figure { margin: 0; min-width: 0; display: flex; flex-direction: column; }
figure.whole { grid-column: 1 / -1; }
figcaption p { color: var(--quiet); font-size: 13px; }
.drawing { margin-top: 12px; min-height: 40px; overflow: auto hidden; }
.drawing svg { display: block; max-width: 100%; height: auto; }
.numbers { color: var(--quiet); font-size: 12.5px; margin-top: auto; padding-top: 6px; }
.tip { position: fixed; z-index: 1; pointer-events: none; background: var(--ground); border: 1px solid var(--edge); border-radius: 4px;
  padding: 6px 10px; font-size: 12.5px; line-height: 1.45; max-width: 420px; box-shadow: 0 2px 10px rgb(0 0 0 / 0.18); }
.tip span { color: var(--quiet); } .tip b { font-weight: 500; overflow-wrap: anywhere; }
@media screen and (max-width: 860px) { .figures { grid-template-columns: minmax(0, 1fr); } }
`;

const paper = `
@media print {
  html { font-size: 14px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main, footer { max-width: none; padding: 0; }
  .head { padding-top: 0; }
  figure, .finding, tr { break-inside: avoid; }
  h2, h3, .lead { break-after: avoid; }
  .numbers, .paste button, .tip { display: none !important; }
  .paste code { white-space: pre-wrap; overflow-wrap: anywhere; }
}
@page { margin: 16mm; }
`;
