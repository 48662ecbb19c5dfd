/**
 * The colours of reports, as CSS variables with one value for light and one for dark.
 *
 * Charts are drawn with the variables, so a page can change its mind without drawing them again; a
 * picture in a file of its own gets the values (`withColours`). Series use the palette of Okabe and
 * Ito, "Color Universal Design" (2008), which readers with any kind of colour vision tell apart; on a
 * dark ground its brighter colours come first. Every text has a contrast of at least 4.5 : 1 against
 * its ground (WCAG 2.2, 1.4.3), and no mark says by its colour alone what no label or tooltip says.
 */

export type ThemeName = 'light' | 'dark';

/** By variable, without its two dashes: the value in light and in dark. */
const colours = {
  /** The ground of a page, and of panels on it. */
  ground: ['#ffffff', '#14171c'],
  panel: ['#f5f6f8', '#1d2128'],
  /** Text, and text that stands back. */
  ink: ['#1b1f24', '#e6e9ee'],
  quiet: ['#545c66', '#a4adb8'],
  /** Lines that separate, and lines of a grid. */
  edge: ['#d5d9de', '#363c45'],
  grid: ['#e8eaed', '#2a2f37'],
  link: ['#0062a3', '#6cb8ee'],
  /** What went well, what went wrong, and what wants attention. */
  good: ['#00704f', '#2fc093'],
  bad: ['#b34700', '#f58b50'],
  alert: ['#8a5a00', '#e6ac3c'],
  /** Marks that only give context. */
  pale: ['#a9b1bb', '#66707c'],
  'series-1': ['#0072b2', '#56b4e9'],
  'series-2': ['#d55e00', '#e69f00'],
  'series-3': ['#009e73', '#009e73'],
  'series-4': ['#cc79a7', '#cc79a7'],
  'series-5': ['#e69f00', '#f0e442'],
  'series-6': ['#56b4e9', '#d55e00'],
  'series-7': ['#7b6a00', '#8c9bd9'],
  'series-8': ['#8a929c', '#858e99'],
} as const satisfies Readonly<Record<string, readonly [light: string, dark: string]>>;

export type ColourName = keyof typeof colours;

/** The value of a colour in a theme, as #rrggbb. */
export function colourOf(name: ColourName, theme: ThemeName): string {
  return colours[name][theme === 'light' ? 0 : 1];
}

/** The declarations of a theme, for a style sheet. */
export function themeDeclarations(theme: ThemeName): string {
  return (Object.keys(colours) as ColourName[]).map((name) => `--${name}: ${colourOf(name, theme)};`).join(' ');
}

/** A drawing in the colours of a theme instead of their variables, for files that have no style sheet. */
export function withColours(svg: string, theme: ThemeName): string {
  return svg.replaceAll(/var\(--([a-z0-9-]+)\)/gu, (variable, name: string) =>
    name in colours ? colourOf(name as ColourName, theme) : variable,
  );
}

const font = 'system-ui, sans-serif';
const text = { labelColor: 'var(--quiet)', titleColor: 'var(--quiet)', labelFont: font, titleFont: font };
const series = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `var(--series-${number})`);

/** How charts look, in vega-lite's terms: no frame, a faint grid, small quiet words. */
export const chartConfiguration = {
  background: 'transparent',
  font,
  padding: { left: 0, right: 4, top: 4, bottom: 0 },
  view: { stroke: null },
  axis: {
    ...text,
    labelFontSize: 11, titleFontSize: 11, titleFontWeight: 'normal', titlePadding: 8, labelPadding: 5, labelLimit: 150,
    gridColor: 'var(--grid)', domainColor: 'var(--edge)', tickColor: 'var(--edge)', tickSize: 4,
  },
  axisX: { grid: false, tickCount: 10, labelFlush: true },
  axisY: { domain: false, ticks: false, tickCount: 5, titleAnchor: 'end', titleAlign: 'left', titleAngle: 0, titleX: 0, titleY: -10 },
  axisBand: { grid: false, domain: false, ticks: false },
  legend: {
    ...text,
    orient: 'top', direction: 'horizontal', title: null, labelFontSize: 11, symbolSize: 70, symbolStrokeWidth: 2,
    labelColor: 'var(--ink)', columnPadding: 14, offset: 26, labelLimit: 220,
  },
  range: { category: series },
  mark: { color: 'var(--series-1)' },
  line: { strokeWidth: 2, strokeJoin: 'round', strokeCap: 'round' },
  point: { size: 32, filled: true },
  text: { font, fontSize: 11, color: 'var(--ink)' },
  rule: { color: 'var(--edge)' },
} as const;
