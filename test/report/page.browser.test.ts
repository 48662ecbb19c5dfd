/**
 * A report in a real browser: it asks for nothing, says nothing on the console, draws its charts, can
 * be read in light, dark and print, and gives its line to paste.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium } from './chromium.ts';
import { contrastOf } from './contrast.ts';
import { record, storm } from './recorded-runs.ts';

const reason = chromiumPath === undefined ? ' (skipped: no Chromium was found; ORRERY_CHROMIUM names one)' : '';

const wide = { width: 1_200, height: 900 };

/** What is read on a page, of its charts too. */
const texts = [
  'h1', 'h2', 'h3', 'p', 'li', 'td', 'th', 'dt', 'dd', 'a', 'code', 'button', 'summary', '.verdict',
  '.role-axis-label text', '.role-axis-title text', '.role-legend-label text',
].join(', ');

let browser: Browser;
let place: string;
let address: string;
/** One page for all tests; each leaves it as it was. What it asked for and said meanwhile is kept. */
let page: Page;
const said: string[] = [];
const asked: string[] = [];

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  place = mkdtempSync(join(tmpdir(), 'orrery-browser-'));
  const { folder } = await record(storm.replace('>= 0.3', '>= 0.999'), [], {}, place);
  address = pathToFileURL(join(folder, 'report.html')).href;
  browser = await launchChromium(chromiumPath);
  page = await browser.newPage({ viewport: wide });
  page.on('console', (message) => void said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => void said.push(`error: ${error.message}`));
  page.on('request', (request) => void asked.push(request.url()));
  await page.goto(address);
  // The hint appears when every chart answers to the pointer.
  await page.waitForFunction(() => document.querySelector('.hint:not([hidden])') !== null);
});

afterAll(async () => {
  if (chromiumPath === undefined) return;
  await browser.close();
  rmSync(place, { recursive: true, force: true });
});

/** Holds that the page has asked for nothing but itself so far, and has said nothing on the console. */
function expectSilence(): void {
  expect(said).toEqual([]);
  expect(asked).toEqual([address]);
}

function drawingsOf(of: Page) {
  return of.$$eval('figure.chart', (figures) => figures.map((figure) => ({
    name: figure.id,
    isInteractive: figure.querySelector('.drawing > div > svg') !== null,
    marks: figure.querySelectorAll('svg .role-mark path, svg .role-mark line, svg .role-mark text').length,
  })));
}

describe.skipIf(chromiumPath === undefined)(`a report in a browser${reason}`, () => {
  it('draws every chart with marks, which say what they stand for', async () => {
    const charts = await drawingsOf(page);
    expect(charts.length).toBeGreaterThanOrEqual(12);
    expect(charts.filter(({ isInteractive, marks }) => !isInteractive || marks === 0)).toEqual([]);
    await page.locator('#chart-traffic-by-kind .mark-rect path').first().hover({ force: true });
    await expect.poll(() => page.locator('.tip').innerText()).toMatch(/^kind \w+\nbytes [\d,]+\nframes/u);
    expectSilence();
  });

  it('zooms on its time axis with shift and wheel, and comes back with a double click', async () => {
    const chart = page.locator('#chart-timeline svg');
    // Ticks that come back are appended, so their order in the document says nothing.
    const ticks = async (): Promise<string> =>
      (await chart.locator('.role-axis-label').first().locator('text').allTextContents()).sort().join(' ');
    const before = await ticks();
    await chart.hover({ position: { x: 500, y: 30 } });
    await page.keyboard.down('Shift');
    await page.mouse.wheel(0, -400);
    await page.keyboard.up('Shift');
    await expect.poll(ticks).not.toBe(before);
    await chart.dblclick({ position: { x: 500, y: 30 } });
    await expect.poll(ticks).toBe(before);
    expectSilence();
  });

  it('is whole without scripts', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(address);
    const charts = await drawingsOf(plain);
    expect(charts.length).toBeGreaterThanOrEqual(12);
    expect(charts.every(({ marks }) => marks > 0)).toBe(true);
    expect(await plain.locator('button[data-copy]').isVisible()).toBe(false);
    await context.close();
  });

  it('copies its line to paste, from a file', async () => {
    const button = page.locator('button[data-copy]');
    await button.click();
    await expect.poll(() => button.innerText()).toBe('Copied');
    await page.evaluate(() => {
      const field = document.createElement('textarea');
      document.body.append(field);
      field.focus();
    });
    await page.keyboard.press('Control+V');
    const field = page.locator('textarea');
    expect(await field.inputValue()).toBe('npx orrery run storm.yaml --seed 1');
    await field.evaluate((element) => element.remove());
    expectSilence();
  });
});

describe.skipIf(chromiumPath === undefined)(`a report that is looked at${reason}`, () => {
  it.each([
    ['light', 'screen', 'rgb(255, 255, 255)'],
    ['dark', 'screen', 'rgb(20, 23, 28)'],
    ['dark', 'print', 'rgb(255, 255, 255)'],
  ] as const)('can be read in %s on %s: every text has a contrast of 4.5 : 1', async (colorScheme, media, ground) => {
    await page.emulateMedia({ media, colorScheme });
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe(ground);
    const colours = await page.evaluate((selector) => {
      const found = [...document.querySelectorAll(selector)].map((element) => {
        const style = getComputedStyle(element);
        return element instanceof SVGElement ? style.fill : style.color;
      });
      return [...new Set(found)];
    }, texts);
    expect(colours.length).toBeGreaterThan(3);
    expect(colours.filter((colour) => contrastOf(colour, ground) < 4.5)).toEqual([]);
    await page.emulateMedia({ media: null, colorScheme: null });
    expectSilence();
  });

  it('fits a narrow window, and paper', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.setViewportSize(wide);
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });
});
