/**
 * What chaos does to a committee: lanes of strikes, so drawn that at most two of five aggregators are
 * down, paused, cut off or forgetful at one time.
 *
 * A committee meets one of four kinds of chaos. One wanders: each of its two lanes strikes one member
 * after another. One strikes the same two over and over, also at the steps of a commit, and their
 * disks may lie. Two hunt whoever leads, in one lane by time or at the steps of one commit after
 * another; for a moment those are two, when an old leader has yet to hear of the new one. A lane may
 * end in a death for good.
 */
import type { DiskFault, Fault, FaultEffect, Selection, Trigger } from '../../src/host/faults.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import type { Micros } from '../../src/kernel/time.ts';
import { faultAt, ids, only, safetyPhaseUs } from './chaos-draws.ts';
import type { Draws } from './chaos-draws.ts';

const strikeKinds = ['kill', 'powerOff', 'pause', 'partition', 'gate', 'slow', 'full', 'stall', 'slowDisk'] as const;
type StrikeKind = (typeof strikeKinds)[number];

/** A member that restarts and may have forgotten something takes no longer than this to be whole again. */
const recoveryUs = 4_000_000;
/** A strike at a step of a commit is over before the second commit after it. */
const stepStrikeUsMax = 1_000_000;

const leader: Selection = { kind: 'state', role: 'aggregator', state: 'leader' };
/** Everybody but clients. */
const everybody: Selection = only(...ids('bootstrap'), ...ids('aggregator'), ...ids('worker'));

/** Whom the lanes strike: any member, whoever leads (at steps of commits, or by time), or the one that each has for itself. */
type Prey = 'anybody' | 'leader' | 'leader at steps' | readonly [NodeId, NodeId];
type Plan = {
  readonly draws: Draws;
  readonly kinds: readonly StrikeKind[];
  readonly prey: Prey;
  /** Whether a crash may take something from a member. */
  readonly forgets: boolean;
};
type Strike = { readonly id: string; readonly who: Selection; readonly atUs: Micros; readonly forUs: Micros };

export function strikesOnCommittee(draws: Draws): { readonly faults: readonly Fault[]; readonly trustDisk: boolean } {
  const drawn = strikeKinds.filter((kind) => draws.has(`aggregator ${kind}`));
  const prey = draws.pick('prey', ['anybody', 'leader', 'leader at steps', pairOf(draws)] as const);
  const lies = typeof prey !== 'string' && draws.chance('disks lie', 0.5);
  const tears = draws.has('torn writes');
  const trustDisk = !lies && draws.chance('disks are trusted', 0.8);
  const plan: Plan = { draws, prey, kinds: drawn.length === 0 ? strikeKinds : drawn, forgets: tears || !trustDisk };
  const throughout = { atUs: 0, forUs: 2 * safetyPhaseUs };
  const disks: Fault[] = [];
  if (lies) disks.push(diskFault({ id: 'lies', who: only(...prey), ...throughout }, { lyingSync: true }));
  if (tears) disks.push(diskFault({ id: 'torn', who: only(...ids('aggregator'), ...ids('worker')), ...throughout }, { tornWrites: true }));
  return { trustDisk, faults: [...disks, ...strikesOf(plan)] };
}

function strikesOf(plan: Plan): Fault[] {
  if (plan.prey === 'leader at steps') return strikesAtSteps(plan);
  return plan.prey === 'leader' ? laneOf(plan, 0) : [...laneOf(plan, 0), ...laneOf(plan, 1)];
}

function pairOf(draws: Draws): readonly [NodeId, NodeId] {
  const first = draws.pick('first of the pair', ids('aggregator'));
  return [first, draws.pick('second of the pair', ids('aggregator').filter((node) => node !== first))];
}

/** Strikes one after another, and perhaps a death at the end. */
function laneOf(plan: Plan, lane: 0 | 1): Fault[] {
  const { draws, kinds } = plan;
  const faults: Fault[] = [];
  let atUs = draws.between(`lane ${lane}`, 100_000, 5_000_000);
  for (let turn = 0; atUs < safetyPhaseUs; turn += 1) {
    const name = `lane-${lane}-${turn}`;
    const forUs = draws.between(`${name} for`, 100_000, draws.pick(`${name} long`, [800_000, 3_000_000]));
    const who = victimOf(plan, lane, name);
    if (turn > 0 && draws.chance(`${name} dies`, 0.15)) {
      return [...faults, faultAt(`${name}-dies`, atUs, { kind: draws.pick(`${name} death`, ['kill', 'powerOff']), who })];
    }
    const kind = draws.pick(`${name} kind`, kinds);
    faults.push(strike(plan, kind, { id: `${name}-${kind}`, who, atUs, forUs }));
    const isCrash = kind === 'kill' || kind === 'powerOff';
    atUs += forUs + (isCrash && plan.forgets ? recoveryUs : 0) + draws.between(`${name} gap`, 0, 800_000);
  }
  return faults;
}

/** Steps of a commit at which a strike tells most. */
const steps = ['round-opened', 'round-merging', 'round-proposed', 'round-closed'] as const;

function stepOf(draws: Draws, id: string, round: number): Trigger {
  const offsetUs = draws.pick(`${id} offset`, [0, draws.between(`${id} soon`, 1, 60_000), draws.between(`${id} later`, 1, 500_000)]);
  return { kind: 'record', record: draws.pick(`${id} step`, steps), where: { round }, offsetUs };
}

/** Whoever leads is struck in most rounds, and the next leader in the next. */
function strikesAtSteps(plan: Plan): Fault[] {
  const { draws, kinds } = plan;
  return [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter((round) => draws.chance(`strike in ${round}`, 0.7)).map((round) => {
    const name = `step-${round}`;
    const kind = draws.pick(`${name} kind`, kinds);
    const forUs = draws.between(`${name} for`, 50_000, stepStrikeUsMax);
    const id = `${name}-${kind}`;
    return { ...strike(plan, kind, { id, who: leader, atUs: 0, forUs }), trigger: stepOf(draws, id, round) };
  });
}

function victimOf({ draws, prey }: Plan, lane: 0 | 1, name: string): Selection {
  if (prey === 'leader') return leader;
  return only(prey === 'anybody' ? draws.pick(`${name} victim`, ids('aggregator')) : prey[lane]);
}

function strike(plan: Plan, kind: StrikeKind, one: Strike): Fault {
  const { draws } = plan;
  const { id, who, atUs, forUs } = one;
  switch (kind) {
    case 'kill':
    case 'powerOff':
      return crash(plan, one, { kind, who, restartAfterUs: forUs });
    case 'pause':
      return faultAt(id, atUs, { kind, who, forUs });
    case 'partition':
      // The last side that names a node is its side.
      return faultAt(id, atUs, { kind, sides: [everybody, withCompany(plan, one)], forUs });
    case 'gate': {
      const [from, to] = draws.chance(`${id} outward`, 0.5) ? [who, everybody] : [everybody, who];
      return faultAt(id, atUs, { kind, from, to, forUs });
    }
    case 'slow':
      return faultAt(id, atUs, { kind, who, factor: draws.between(`${id} factor`, 2, 500), forUs });
    case 'full':
      return diskFault(one, { full: true });
    case 'stall':
      return diskFault(one, { stall: true });
    case 'slowDisk':
      return diskFault(one, { slowFactor: draws.between(`${id} factor`, 2, 20) });
  }
}

const diskFault = ({ id, who, atUs, forUs }: Strike, disk: DiskFault): Fault => faultAt(id, atUs, { kind: 'disk', who, disk, forUs });

/** A victim that is known by name may be cut off together with some workers. */
function withCompany({ draws }: Plan, { id, who }: Strike): Selection {
  if (who.kind === 'state') return who;
  return only(...who.nodes, ...ids('worker').filter((worker) => draws.chance(`${id} with ${worker}`, 0.2)));
}

/** A crash at its time or, of a fixed pair, at a step of a commit: whatever else happens then, it happens to the same two. */
function crash({ draws, prey }: Plan, { id, atUs }: Strike, effect: FaultEffect): Fault {
  const fault = faultAt(id, atUs, effect);
  if (typeof prey === 'string' || draws.chance(`${id} by time`, 0.5)) return fault;
  return { ...fault, trigger: stepOf(draws, id, draws.between(`${id} round`, 1, 11)) };
}
