/**
 * Progress on standard error: plain lines, one at once and then at most one a second.
 *
 * Plain lines rather than a redrawn one, so that a log of them can be read. Nothing here changes
 * what a run does.
 */
import type { RunProgress } from '../run/result.ts';
import type { Terminal } from './terminal.ts';

/** Least time between two lines. */
const intervalMs = 1_000;

export class ProgressWriter {
  readonly #terminal: Terminal;
  readonly #quiet: boolean;
  #title: string | undefined;
  #shownAtMs: number | undefined;

  /** `title` says what begins; it is shown with the first progress, since until then a run may be refused. */
  constructor(terminal: Terminal, quiet: boolean, title: string) {
    this.#terminal = terminal;
    this.#quiet = quiet;
    this.#title = title;
  }

  /** Shows how far a run is, unless a line was shown less than a second ago. */
  readonly show = (progress: RunProgress): void => {
    if (this.#quiet) return;
    if (this.#title !== undefined) this.#terminal.words(this.#title);
    this.#title = undefined;
    const now = this.#terminal.nowMs();
    if (this.#shownAtMs !== undefined && now - this.#shownAtMs < intervalMs) return;
    this.#shownAtMs = now;
    this.#terminal.words(progressLine(progress));
  };
}

/** `round 5 of 20 · accuracy 0.873 · virtual 31.2 s · 41,250 events · 2.0 s` */
export function progressLine({ virtualUs, events, wallSeconds, round, rounds, measures }: RunProgress): string {
  const parts: string[] = [];
  if (round !== null) parts.push(rounds === null ? `round ${round}` : `round ${round} of ${rounds}`);
  for (const name of Object.keys(measures).sort()) parts.push(`${name} ${measureText(measures[name]!)}`);
  parts.push(`virtual ${(virtualUs / 1_000_000).toFixed(1)} s`, `${grouped(events)} events`, `${wallSeconds.toFixed(1)} s`);
  return parts.join(' · ');
}

/** Counts as they are, shares with three digits. */
function measureText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) > 1 ? String(value) : value.toFixed(3);
}

/** 41250 → `41,250`, whatever the locale. */
function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/gu, ',');
}
