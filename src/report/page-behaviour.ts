/**
 * What a page does where scripts run: charts that answer to the pointer, and a button that copies.
 *
 * The functions below run in the reader's browser and are put into the page as text, so each uses only
 * what stands in this list, the document, and the global `vega`. None of them sends or fetches
 * anything, and a page is whole without them.
 */

/** The part of vega that the page uses. */
interface BrowserVega {
  readonly View: new (runtime: unknown, options: object) => BrowserView;
  parse(specification: object): unknown;
  readonly Error: number;
}
interface BrowserView {
  data(name: string, records: readonly object[]): BrowserView;
  width(pixels: number): BrowserView;
  runAsync(): Promise<BrowserView>;
}
declare const vega: BrowserVega;

/** Puts an interactive chart in the place of every drawing, one after another. */
async function makeChartsInteractive(): Promise<void> {
  if (typeof vega === 'undefined') return;
  const tip = makeTip();
  for (const drawing of document.querySelectorAll<HTMLElement>('.drawing[data-chart]')) {
    await makeInteractive(drawing, tip);
  }
  // One place is enough to say it: every chart over time or rounds answers alike.
  const hint = document.querySelector<HTMLElement>('.hint');
  if (hint !== null) hint.hidden = false;
}

async function makeInteractive(drawing: HTMLElement, tip: HTMLElement): Promise<void> {
  const source = document.getElementById(`data-${drawing.dataset['chart']}`);
  const { specification, tables } = JSON.parse(source!.textContent!) as { specification: object; tables: Record<string, object[]> };
  const place = document.createElement('div');
  const view = new vega.View(vega.parse(specification), {
    renderer: 'svg', container: place, hover: true, logLevel: vega.Error,
    tooltip: (_handler: unknown, event: MouseEvent, _item: unknown, value: unknown) => showTip(tip, event, value),
  });
  for (const name of Object.keys(tables)) view.data(name, tables[name]!);
  await view.width(drawing.clientWidth).runAsync();
  drawing.replaceChildren(place);
  let shownWidth = drawing.clientWidth;
  new ResizeObserver(() => {
    if (drawing.clientWidth === shownWidth || drawing.clientWidth === 0) return;
    shownWidth = drawing.clientWidth;
    void view.width(shownWidth).runAsync();
  }).observe(drawing);
}

function makeTip(): HTMLElement {
  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  document.body.append(tip);
  return tip;
}

/** Shows what a mark stands for; values arrive as a text, or as an object of titles and texts. */
function showTip(tip: HTMLElement, event: MouseEvent, value: unknown): void {
  tip.hidden = value === null || value === undefined || value === '';
  if (tip.hidden) return;
  const entries = typeof value === 'object' ? Object.entries(value as object) : [['', value]];
  tip.replaceChildren(
    ...entries.map(([title, text]) => {
      const line = document.createElement('div');
      const name = document.createElement('span');
      name.textContent = title === '' ? '' : `${title} `;
      const content = document.createElement('b');
      content.textContent = String(text);
      line.append(name, content);
      return line;
    }),
  );
  const left = Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8);
  const above = event.clientY + 18 + tip.offsetHeight > window.innerHeight;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${above ? event.clientY - tip.offsetHeight - 10 : event.clientY + 18}px`;
}

/** Buttons with `data-copy` copy the text of the element of that id; from file:// too. */
function makeButtonsCopy(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      const source = document.getElementById(button.dataset['copy']!)!;
      const selection = window.getSelection()!;
      selection.selectAllChildren(source);
      // The clipboard interface is there on secure origins only, which file:// is not everywhere.
      const copied = document.execCommand('copy');
      selection.removeAllRanges();
      button.textContent = copied ? 'Copied' : 'Press Ctrl+C';
      if (!copied) selection.selectAllChildren(source);
      setTimeout(() => {
        button.textContent = 'Copy';
      }, 2_000);
    });
  }
}

/** The functions as one program that starts them. */
export function behaviourScript(): string {
  const functions = [makeChartsInteractive, makeInteractive, makeTip, showTip, makeButtonsCopy];
  const program = functions.map(String).join('\n');
  return `'use strict';\n${program}\nmakeButtonsCopy();\nmakeChartsInteractive();\n`;
}
