/**
 * Makes runs in processes of their own, several at a time, each process taking run after run.
 *
 * Processes and not threads, because a run may die with everything around it: by memory, by a native
 * library, by a step that never ends. Such a run is lost, in words, its process is replaced, and the
 * others go on. Which process makes which run is invisible in what comes out.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { finished } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { assert } from '../../kernel/assert.ts';
import type { ResolvedScenario } from '../resolved.ts';
import type { FromProcess, ProcessSetup, RunFigures, ToProcess } from './process-messages.ts';

export interface NumberedRun {
  readonly number: number;
  readonly scenario: ResolvedScenario;
}

/** A run that came to nothing, and why, as the end of a sentence that begins with "its process". */
export interface LostRun {
  readonly lost: string;
  readonly wallSeconds: number;
}

export interface MakingOptions {
  /** Processes that work at one time. */
  readonly jobs: number;
  readonly setup: ProcessSetup;
  /** Wall time after which a run counts as hung. */
  readonly timeMsMax: number;
  /** Heap of one process. */
  readonly memoryMebibytes: number;
  /** Ends every process at once. */
  readonly signal: AbortSignal;
  /** Told of each run as it ends, in no order. */
  readonly onEnd: (number: number, outcome: RunFigures | LostRun) => void;
}

/** Makes all runs, the first ones first. Ends early when the signal says so. */
export async function makeRuns(runs: readonly NumberedRun[], options: MakingOptions): Promise<void> {
  const queue = [...runs];
  const lanes = Math.min(options.jobs, queue.length);
  await Promise.all(Array.from({ length: lanes }, () => new Lane(options).serve(queue)));
}

/** The module has the ending of this one: .ts in a checkout, .js in a package. */
const entry = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './run-process.ts' : './run-process.js', import.meta.url),
);

/** Wall time in which a process must be ready for its first run: far more than slow machines need. */
const startMsMax = 120_000;

/** Letters of a dying process's last words that are kept. */
const wordsMax = 2_000;

const isOver = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

/** One process at a time, and its replacements. */
class Lane {
  readonly #options: MakingOptions;
  #process: ChildProcess | undefined;
  #words = '';

  constructor(options: MakingOptions) {
    this.#options = options;
  }

  async serve(queue: NumberedRun[]): Promise<void> {
    const { signal, onEnd } = this.#options;
    for (let run = queue.shift(); run !== undefined && !signal.aborted; run = queue.shift()) {
      const outcome = await this.#make(run);
      if (outcome !== 'aborted') onEnd(run.number, outcome);
    }
    await this.#end();
  }

  /** Makes one run; its process lives on only when it answered. Its time begins when the process is ready. */
  async #make(run: NumberedRun): Promise<RunFigures | LostRun | 'aborted'> {
    const { setup, timeMsMax } = this.#options;
    if (this.#process === undefined) {
      this.#process = this.#start();
      const ready = await this.#ask(this.#process, setup, startMsMax);
      if (ready === 'aborted' || 'lost' in ready) {
        await this.#kill();
        return ready;
      }
    }
    const outcome = await this.#ask(this.#process, { kind: 'run', ...run }, timeMsMax);
    if (outcome === 'aborted' || 'lost' in outcome) {
      await this.#kill();
      return outcome;
    }
    assert(outcome.kind === 'ended', 'a process answers a run with its figures');
    return outcome.figures;
  }

  /** Says something to the process and awaits its answer, its end, the end of its time, or the signal. */
  async #ask(child: ChildProcess, question: ToProcess, timeMsMax: number): Promise<FromProcess | LostRun | 'aborted'> {
    const { signal } = this.#options;
    if (signal.aborted) return 'aborted';
    const from = performance.now();
    let clean = (): void => {};
    const outcome = await new Promise<FromProcess | LostRun | 'aborted'>((settle) => {
      const lose = (lost: string): void => settle({ lost, wallSeconds: (performance.now() - from) / 1_000 });
      const hung = setTimeout(() => lose(`did not end within ${timeMsMax / 1_000} s`), timeMsMax);
      const aborted = (): void => settle('aborted');
      const answered = (answer: FromProcess): void => settle(answer);
      const exited = (code: number | null, by: NodeJS.Signals | null): void => {
        // Its last words may still be on their way.
        finished(child.stderr!, () => lose(this.#deathWords(code, by)));
      };
      const failed = (error: Error): void => lose(`could not be reached: ${error.message}`);
      child.once('message', answered).once('exit', exited).once('error', failed);
      signal.addEventListener('abort', aborted, { once: true });
      clean = () => {
        clearTimeout(hung);
        signal.removeEventListener('abort', aborted);
        child.off('message', answered).off('exit', exited).off('error', failed);
      };
      child.send(question, (error) => {
        // The end of a process that is over already is told to nobody any more.
        if (error === null) return;
        if (isOver(child)) exited(child.exitCode, child.signalCode);
        else failed(error);
      });
    });
    clean();
    return outcome;
  }

  #start(): ChildProcess {
    const { memoryMebibytes } = this.#options;
    // Where this process keeps compiled code, which takes half off the start of the others.
    const compiled = getCompileCacheDir();
    const child = fork(entry, {
      env: { ...process.env, ...(compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled }) },
      execArgv: [`--max-old-space-size=${memoryMebibytes}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#words = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.#words = (this.#words + text).slice(-wordsMax)));
    // Without a listener, an error between two runs would end this process.
    child.on('error', () => {});
    return child;
  }

  #deathWords(code: number | null, by: NodeJS.Signals | null): string {
    if (this.#words.includes('heap out of memory')) return `ran out of memory: its heap has ${this.#options.memoryMebibytes} MiB`;
    const last = this.#words.trim().split('\n')[0] ?? '';
    const how = by === null ? `ended with code ${code}` : `was ended by ${by}`;
    return last === '' ? how : `${how}: ${last}`;
  }

  async #kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || isOver(child)) return;
    const ended = new Promise((settle) => child.once('exit', settle));
    child.kill('SIGKILL');
    await ended;
  }

  /** Lets the process go; it ends when nobody speaks to it. */
  async #end(): Promise<void> {
    const child = this.#process;
    if (child === undefined || !child.connected) return;
    const ended = new Promise((settle) => child.once('exit', settle));
    child.disconnect();
    await ended;
  }
}
