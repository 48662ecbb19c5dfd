/** How an aggregator knows who lives: it looks from time to time who has been silent for too long. */
import type { NodeId } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import { isSuspect, resumeAfterPause, watcherPauseUs } from '../../protocols/membership/suspicion.ts';
import type { Pulse } from '../../protocols/membership/suspicion.ts';
import { forgetUnverified, toVerify } from '../../protocols/round-commit/verification.ts';
import type { ServedWorker } from '../../protocols/work-sharing/rules.ts';
import { record } from '../define.ts';
import { mapRows } from '../roster.ts';
import { settle } from './agreement.ts';
import type { AggregatorContext } from './context.ts';
import { patch, step } from './draft.ts';
import type { Draft } from './draft.ts';
import { openNextRound, redivide } from './dividing.ts';
import { fetchAgain, heldUpdates } from './exchanging.ts';
import { watchMembers } from './leadership.ts';
import { askAgainForRemovals } from './removing.ts';

function isSilent({ options }: AggregatorContext, { suspected, pulse, leaving }: ServedWorker, nowUs: Micros): boolean {
  const { suspectAt, deviationMin, heartbeatEvery } = options;
  if (suspectAt === null || heartbeatEvery === null || suspected || leaving !== null) return false;
  return isSuspect(pulse, nowUs, { suspectAt, deviationMinUs: deviationMin });
}

/** How often it looks. */
export const watchEveryUs = ({ options, committee }: AggregatorContext): Micros =>
  Math.max(1_000, (options.heartbeatEvery ?? committee.heartbeatEvery) / looksPerHeartbeat);

/** How often silence is looked for, in the time between two heartbeats. */
const looksPerHeartbeat = 2;

/** A watcher that stood still itself could have heard nobody: that time is nobody's silence. */
function forgiveOwnPause(draft: Draft): void {
  const { checkedUs, workers, watched } = draft.context;
  const pausedUs = checkedUs === null ? 0 : watcherPauseUs(checkedUs, draft.nowUs, watchEveryUs(draft.context));
  patch(draft, { checkedUs: draft.nowUs });
  if (pausedUs === 0) return;
  const resumed = <R extends { readonly node: NodeId; readonly pulse: Pulse }>(row: R): R =>
    ({ ...row, pulse: resumeAfterPause(row.pulse, pausedUs, draft.nowUs) });
  patch(draft, { workers: mapRows(workers, resumed), watched: mapRows(watched, resumed) });
}

/** What is decided, and cannot be recomputed because updates are on their way still, comes with its model when it comes again. */
function skipDecided(draft: Draft): void {
  const { agreement } = draft.context;
  const evidence = toVerify(agreement)?.evidence;
  if (evidence?.kind !== 'updates' || heldUpdates(draft.context, evidence.updates) !== undefined) return;
  settle(draft, forgetUnverified(agreement));
}

/** Whoever was silent for too long is not waited for; what the committee has yet to decide is asked for again. */
export const lookAround = step((draft) => {
  forgiveOwnPause(draft);
  const { workers } = draft.context;
  const silent = workers.rows.filter((row) => isSilent(draft.context, row, draft.nowUs)).map(({ node }) => node);
  if (silent.length > 0) {
    const suspect = (row: ServedWorker): ServedWorker => (silent.includes(row.node) ? { ...row, suspected: true } : row);
    patch(draft, { workers: mapRows(workers, suspect) });
    for (const worker of silent) draft.commands.push(record('worker-suspected', { worker }));
  }
  const before = draft.context;
  watchMembers(draft);
  // A new list holds for this leader at once, as it does for whoever hears of it.
  redivide(draft, before);
  openNextRound(draft);
  askAgainForRemovals(draft);
  skipDecided(draft);
  fetchAgain(draft);
});
