/** The last line on standard output, the same for every end of a run (DESIGN §6). */
import type { VerdictFile } from '../run/folder/verdict-file.ts';

/** `verdict=pass scenario=… seed=… world=… trace=… id=… events=… virtual=… wall=…` */
export function verdictLine(verdict: VerdictFile): string {
  const hash = verdict.world === 'sim' ? 'trace' : 'journal';
  const pairs: readonly (readonly [string, string | number])[] = [
    ['verdict', verdict.verdict],
    ['scenario', verdict.scenario],
    ['seed', verdict.seed],
    ['world', verdict.world],
    [hash, verdict.trace],
    ['id', verdict.id],
    ['events', verdict.events],
    ['virtual', verdict.virtualSeconds.toFixed(6)],
    ['wall', verdict.wallSeconds.toFixed(3)],
  ];
  return pairs.map(([key, value]) => `${key}=${value}`).join(' ');
}

/** What is known of a run that could not begin. */
export interface InvalidRun {
  readonly scenario: string;
  readonly seed: number;
  readonly world: VerdictFile['world'];
  readonly replay: string;
  /** Why, one sentence each. */
  readonly messages: readonly string[];
}

/** The verdict `invalid`: nothing ran, nothing was written. */
export function invalidVerdict({ scenario, seed, world, replay, messages }: InvalidRun): VerdictFile {
  return {
    verdict: 'invalid',
    scenario,
    seed,
    world,
    trace: '-',
    id: '-',
    events: 0,
    messages: 0,
    virtualSeconds: 0,
    wallSeconds: 0,
    rounds: null,
    accuracy: null,
    modelHash: null,
    faultHits: {},
    sometimes: {},
    rejected: {},
    findings: messages.map((message) => ({ class: 'invalid', property: '', at: 0, node: '', event: 0, message })),
    replay,
  };
}
