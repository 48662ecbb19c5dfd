/** A Chromium of this machine, for tests that look at pages as a reader would. */
import { accessSync, constants } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

/** Where distributions put it. */
const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** ORRERY_CHROMIUM, or the first usual place that has one; undefined where there is none. */
export const chromiumPath: string | undefined = [process.env['ORRERY_CHROMIUM'], ...usualPlaces].find(
  (path) => path !== undefined && path !== '' && canRun(path),
);

/** Starts it without a window and without anything that speaks to the network by itself. */
export function launchChromium(executablePath: string): Promise<Browser> {
  const silence = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  return chromium.launch({ executablePath, args: [...silence, '--disable-component-update', '--disable-sync'] });
}
