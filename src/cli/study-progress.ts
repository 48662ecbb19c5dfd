/** Progress of a study on standard error: a line at once, then at most one a second, and one at the end. */
import type { StudyProgress } from '../run/study/conduct.ts';
import type { Terminal } from './terminal.ts';

/** Least time between two lines. */
const intervalMs = 1_000;

export class StudyProgressWriter {
  readonly #terminal: Terminal;
  readonly #quiet: boolean;
  #shownAtMs: number | undefined;

  constructor(terminal: Terminal, quiet: boolean) {
    this.#terminal = terminal;
    this.#quiet = quiet;
  }

  /** Shows how far a study is, unless a line was shown less than a second ago. */
  readonly show = (progress: StudyProgress): void => {
    if (this.#quiet) return;
    const now = this.#terminal.nowMs();
    const isLast = progress.done === progress.all;
    if (!isLast && this.#shownAtMs !== undefined && now - this.#shownAtMs < intervalMs) return;
    this.#shownAtMs = now;
    this.#terminal.words(studyProgressLine(progress));
  };
}

/** `37 of 140 runs · 12 known before · 1 failed · 1.9 runs/s · about 54 s left` */
export function studyProgressLine({ done, all, known, failed, wallSeconds }: StudyProgress): string {
  const made = done - known;
  const parts = [`${done} of ${all} runs`];
  if (known > 0) parts.push(`${known} known before`);
  if (failed > 0) parts.push(`${failed} failed`);
  if (made > 0 && wallSeconds > 0) {
    const pace = made / wallSeconds;
    parts.push(`${pace.toFixed(pace < 10 ? 2 : 0)} runs/s`);
    if (done < all) parts.push(`about ${Math.ceil((all - done) / pace)} s left`);
  }
  return parts.join(' · ');
}
