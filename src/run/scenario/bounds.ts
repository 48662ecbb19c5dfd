/**
 * Bounds of what a scenario may ask for together, so that no virtual time leaves the safe integers.
 *
 * Single values have bounds, and so have sums and products that faults make when they are in force
 * at one moment: drifts add up, slow-downs multiply. Which of them meet is not known before the run,
 * so all that could meet on a node are counted. What lies outside is a problem of the file and never
 * a crash in mid-run.
 */
import type { Fault, Selection } from '../../host/faults.ts';
import type { Weather } from '../../host/weather.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { limits } from '../../kernel/limits.ts';
import { dimensions, writeQuantity } from '../../kernel/units.ts';
import type { KeyPath } from './problems.ts';
import { allNodes } from './resolve-context.ts';
import type { ResolveContext } from './resolve-context.ts';

/** Longest span of time within a network, and longest delay of a link fault: 1 h. */
export const networkSpanUsMax = 3_600_000_000;
/** Largest rate error of one clock, and of one fault of a clock: 10 %. */
export const driftPpmMax = 100_000;
/** A clock that would stand still or run backwards; all rate errors of a clock together stay below. */
const driftSumPpmMax = 1_000_000;
/** Farthest that all skews and jumps of a clock together may lead: 1,000,000 h. */
const shiftSumUsMax = 3_600_000_000_000_000;

const spanText = (us: number): string => writeQuantity(us, dimensions.duration);

/** Checks a span of time against its longest. */
export function checkSpan(us: number | undefined, usMax: number, path: KeyPath, report: ResolveContext['report']): void {
  if (us !== undefined && us > usMax) report(path, `is longer than ${spanText(usMax)}, the longest allowed here`);
}

/** Checks a rate error of a clock or of a fault. */
export function checkDrift(ppm: number | undefined, path: KeyPath, report: ResolveContext['report']): void {
  if (ppm !== undefined && Math.abs(ppm) > driftPpmMax) report(path, `a drift lies between -${driftPpmMax}ppm and ${driftPpmMax}ppm`);
}

/** Checks when nodes start, and what all faults come to together. */
export function checkTogether(weather: Weather, faults: readonly Fault[], virtualTimeMaxUs: number, context: ResolveContext): void {
  const nodes = allNodes(context);
  const lastStartUs = weather.startStaggerUs * Math.max(0, nodes.length - 1);
  if (lastStartUs > virtualTimeMaxUs) {
    const end = `after the end of the run: limits.virtualTime is ${spanText(virtualTimeMaxUs)}`;
    context.report(['start', 'stagger'], `lets the last of ${nodes.length} nodes start ${end}`);
  }
  checkClocks(weather, faults, context);
  checkSlowness(weather, faults, context);
}

function checkClocks({ clock }: Weather, faults: readonly Fault[], context: ResolveContext): void {
  const clocks = faults.flatMap(({ effect }) => (effect.kind === 'clock' ? [effect.clock] : []));
  const driftPpm = clocks.reduce((sum, { driftPpm: ppm = 0 }) => sum + Math.abs(ppm), clock.driftMaxPpm);
  if (driftPpm >= driftSumPpmMax) {
    context.report(['faults'], `the drifts of all clock faults and of the clocks themselves stay below ${driftSumPpmMax}ppm together`);
  }
  const shiftUs = clocks.reduce((sum, { jumpUs = 0 }) => sum + Math.abs(jumpUs), clock.skewMaxUs);
  if (shiftUs > shiftSumUsMax) {
    context.report(['faults'], `the skew and all jumps of clocks together lead no farther than ${spanText(shiftSumUsMax)}`);
  }
}

function checkSlowness({ device, disk }: Weather, faults: readonly Fault[], context: ResolveContext): void {
  const processors = new Map<NodeId, number>();
  const disks = new Map<NodeId, number>();
  const slow = (factors: Map<NodeId, number>, who: Selection, factor: number): void => {
    const nodes = who.kind === 'nodes' ? who.nodes : (context.nodes.get(who.role) ?? []);
    for (const node of nodes) factors.set(node, (factors.get(node) ?? 1) * Math.max(1, factor));
  };
  for (const { effect } of faults) {
    if (effect.kind === 'slow') slow(processors, effect.who, effect.factor);
    if (effect.kind === 'disk') slow(disks, effect.who, effect.disk.slowFactor ?? 1);
  }
  reportTooSlow(processors, device.serviceUs, 'with all "slow" together', 'for one event', context);
  reportTooSlow(disks, disk.saveUs, 'with all "slowFactor" together', 'to save', context);
}

/** Reports the first node whose factor makes a span longer than any run. */
function reportTooSlow(
  factors: ReadonlyMap<NodeId, number>,
  spanUs: number,
  when: string,
  what: string,
  context: ResolveContext,
): void {
  const tooSlow = [...factors].find(([, factor]) => factor * spanUs > limits.virtualTimeUsMax);
  if (tooSlow === undefined) return;
  context.report(['faults'], `${when}, ${tooSlow[0]} takes longer than ${spanText(limits.virtualTimeUsMax)} ${what}`);
}
