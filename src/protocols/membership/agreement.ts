/**
 * The promise that bootstraps come to agree on who is there, judged from the views that they record.
 *
 * Bootstraps learn of a change at different moments, so what matters is how long they differ: the
 * promise is kept by a run at whose end they agree, or have differed for no more than a few exchanges,
 * and in which at least two of them agreed on somebody once. A bootstrap that was killed, or recorded
 * nothing for a few exchanges, does not count until it records again. A network in which somebody
 * comes or goes faster than bootstraps exchange may never show two equal views.
 */
import type { Fact, Observation, Outcome, Property } from '../../kernel/properties.ts';
import { irrelevant, satisfied, unmet } from '../../kernel/properties.ts';
import { inIdOrder } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';

/** So many exchanges may pass until bootstraps agree again, and until a silent one no longer counts. */
const exchangesOfGrace = 5;

/** The view that a bootstrap recorded last. */
type Held = { present: number; digest: string; graceUs: Micros; sequence: number; at: Micros };
type Agreement = {
  held: { [bootstrap: string]: Held };
  /** Whether two bootstraps at least held the same view, with somebody in it. */
  everAgreed: boolean;
  /** Since when they differ; null while they agree. */
  differSinceUs: Micros | null;
};

/** Bootstraps that still count, in id order. */
function counted({ held }: Agreement, nowUs: Micros): readonly string[] {
  return inIdOrder(Object.keys(held)).filter((node) => nowUs - held[node]!.at <= held[node]!.graceUs);
}

/** Notes whether those that count agree now. */
function compare(state: Agreement, nowUs: Micros): void {
  const views = counted(state, nowUs).map((node) => state.held[node]!);
  const agree = views.every(({ digest }) => digest === views[0]!.digest);
  state.differSinceUs = agree ? null : (state.differSinceUs ?? nowUs);
  if (agree && views.length > 1 && views[0]!.present > 0) state.everAgreed = true;
}

function take(state: Agreement, observation: Observation): void {
  const { node, sequence, at, data } = observation;
  const { present, digest, everyUs } = data as { present: number; digest: string; everyUs: Micros };
  state.held[node] = { present, digest, graceUs: exchangesOfGrace * everyUs, sequence, at };
}

/** How it stands when the run is over. */
function conclude(state: Agreement, nowUs: Micros): Outcome {
  const nodes = counted(state, nowUs);
  const facts: readonly Fact[] = nodes.map((node) => {
    const { sequence, at, present, digest } = state.held[node]!;
    return { sequence, at, node, words: `${node} counted ${present} nodes as present, digest ${digest}` };
  });
  if (!state.everAgreed) return { ...unmet, because: 'no two bootstraps ever counted the same nodes as present', facts };
  if (state.differSinceUs === null) return satisfied;
  const differUs = nowUs - state.differSinceUs;
  const graceUs = nodes.reduce((longest, node) => Math.max(longest, state.held[node]!.graceUs), 0);
  if (differUs <= graceUs) return satisfied;
  const because = `for ${Math.floor(differUs / 1_000_000)} s bootstraps have differed on who is present`;
  return { ...unmet, because, facts };
}

/** Bootstraps that live hold the same view, but for moments. */
export const bootstrapsAgree: Property<Agreement> = {
  name: 'bootstraps agree on who is there',
  kind: 'eventually',
  // The judge observes `world-run-ended` of itself; before it nothing is decided.
  watches: ['view-held', 'world-killed', 'world-run-ended'],
  start: () => ({ held: {}, everAgreed: false, differSinceUs: null }),
  observe(state, observation) {
    if (observation.kind === 'view-held') take(state, observation);
    if (observation.kind === 'world-killed') delete state.held[observation.node];
    compare(state, observation.at);
    return observation.kind === 'world-run-ended' ? conclude(state, observation.at) : irrelevant;
  },
};
