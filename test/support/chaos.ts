/**
 * Chaos for a committee of five: a concrete list of faults, drawn from a seed.
 *
 * A safety phase full of faults ends by itself; what is dead for good is within what the protocols
 * tolerate, so that every training must come to its end. Each seed leaves out a random half of the
 * kinds of faults (A. Groce, C. Zhang, E. Eide, Y. Chen, J. Regehr, "Swarm Testing", ISSTA 2012).
 * What happens to aggregators, and to how many at a time, is in chaos-lanes.ts.
 */
import type { Fault } from '../../src/host/faults.ts';
import { Draws, faultAt, ids, only } from './chaos-draws.ts';
import { strikesOnCommittee } from './chaos-lanes.ts';

/** Workers that may die for good: half of them make a quorum. */
const deadWorkersMax = 2;

export interface Chaos {
  readonly faults: readonly Fault[];
  /** Whether restarted aggregators believe their disks; false where disks lie. */
  readonly trustDisk: boolean;
}

export function chaosOf(seed: number): Chaos {
  const draws = new Draws(seed);
  const { faults, trustDisk } = strikesOnCommittee(draws);
  const elsewhere = [strikesOnWorkers, strikesOnLinks, strikesOnClocks, strikeOnBootstrap].flatMap((strikes) => strikes(draws));
  return { trustDisk, faults: [...faults, ...elsewhere] };
}

function strikesOnWorkers(draws: Draws): Fault[] {
  const kinds = (['kill', 'powerOff', 'pause', 'slow'] as const).filter((kind) => draws.has(`worker ${kind}`));
  if (kinds.length === 0) return [];
  let dead = 0;
  return ids('worker').filter((node) => draws.chance(`strike ${node}`, 0.6)).map((node) => {
    const kind = draws.pick(`${node} kind`, kinds);
    const forUs = draws.between(`${node} for`, 300_000, 6_000_000);
    const id = `${node}-${kind}`;
    const at = draws.moment(node);
    if (kind === 'pause') return faultAt(id, at, { kind, who: only(node), forUs });
    if (kind === 'slow') return faultAt(id, at, { kind, who: only(node), factor: draws.between(`${node} factor`, 2, 300), forUs });
    const staysDead = dead < deadWorkersMax && draws.chance(`${node} dies`, 0.3);
    if (staysDead) dead += 1;
    return faultAt(id, at, { kind, who: only(node), ...(staysDead ? {} : { restartAfterUs: forUs }) });
  });
}

function strikesOnLinks(draws: Draws): Fault[] {
  if (!draws.has('links')) return [];
  return ['link-0', 'link-1', 'link-2'].slice(0, draws.between('links', 1, 4)).map((id) => {
    const from = draws.pick(`${id} from`, ['aggregator', 'worker'] as const);
    const to = draws.pick(`${id} to`, ['aggregator', 'worker'] as const);
    const link = {
      loss: draws.between(`${id} loss`, 0, 30) / 100,
      delayUs: draws.between(`${id} delay`, 0, 300_000),
      break: draws.pick(`${id} break`, [0, 0, 0.005, 0.02]),
    };
    const forUs = draws.between(`${id} for`, 500_000, 5_000_000);
    return faultAt(id, draws.moment(id), { kind: 'link', from: only(...ids(from)), to: only(...ids(to)), link, forUs });
  });
}

function strikesOnClocks(draws: Draws): Fault[] {
  if (!draws.has('clocks')) return [];
  return [...ids('aggregator'), ...ids('worker')].filter((node) => draws.chance(`clock ${node}`, 0.3)).map((node) => {
    const id = `clock-${node}`;
    const jumpUs = draws.between(`${id} jump`, -3_600_000_000, 3_600_000_000);
    const driftPpm = draws.between(`${id} drift`, -50_000, 50_000);
    const forUs = draws.between(`${id} for`, 500_000, 6_000_000);
    return faultAt(id, draws.moment(id), { kind: 'clock', who: only(node), clock: { jumpUs, driftPpm }, forUs });
  });
}

/** Any one of three bootstraps may die. */
function strikeOnBootstrap(draws: Draws): Fault[] {
  if (!draws.has('bootstrap')) return [];
  const kind = draws.pick('bootstrap kind', ['kill', 'powerOff'] as const);
  const restart = draws.chance('bootstrap restart', 0.5) ? { restartAfterUs: draws.between('bootstrap for', 300_000, 5_000_000) } : {};
  return [faultAt('bootstrap-dies', draws.moment('bootstrap'), { kind, who: only(draws.pick('bootstrap', ids('bootstrap'))), ...restart })];
}
