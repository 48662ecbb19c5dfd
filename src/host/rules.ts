/**
 * Rules on frames: which active fault says what about one frame.
 *
 * A rule is pure: it sees the frame's identity and its keyed draws, and returns a verdict. Rules are
 * asked in the order in which the faults began; the first verdict that is not `pass` wins.
 */
import { drawUniform, numberedKey, purposes } from '../kernel/draws.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { FrameVerdict, LinkFault } from './faults.ts';
import { frameIdentityText } from './frames.ts';
import type { Frame } from './frames.ts';

export interface FrameRule {
  readonly fault: string;
  /** A word drawn from the fault's id, so that two faults decide independently about one frame. */
  readonly word: number;
  readonly from: ReadonlySet<NodeId>;
  readonly to: ReadonlySet<NodeId>;
  readonly link: LinkFault;
  /** Message kinds that it concerns; absent: all. */
  readonly messages?: readonly string[];
}

const pass: FrameVerdict = { kind: 'pass' };

function concerns(rule: FrameRule, frame: Frame): boolean {
  return (
    rule.from.has(frame.from) &&
    rule.to.has(frame.to) &&
    (rule.messages === undefined || rule.messages.includes(frame.kind))
  );
}

/** Which chances of a link fault strike this frame; each has an index of its own. */
function strike(rule: FrameRule, frame: Frame, index: number, chance: number | undefined): boolean {
  if (chance === undefined) return false;
  return drawUniform(numberedKey(frame.drawKey, rule.word), purposes.rule, index) < chance;
}

/** The verdict of one rule. Loss, bandwidth and reordering belong to the link and are asked there. */
export function verdictOf(rule: FrameRule, frame: Frame): FrameVerdict {
  if (!concerns(rule, frame)) return pass;
  const { link } = rule;
  if (link.hold === true) return { kind: 'hold' };
  if (strike(rule, frame, 0, link.break)) return { kind: 'break' };
  if (strike(rule, frame, 1, link.tamper)) return { kind: 'tamper' };
  if (strike(rule, frame, 2, link.corrupt)) return { kind: 'corrupt' };
  if (strike(rule, frame, 3, link.duplicate)) return { kind: 'duplicate', delayUs: 0 };
  if (link.delayUs !== undefined) return { kind: 'delay', delayUs: link.delayUs };
  return pass;
}

/** The first verdict that is not `pass`, and the fault that gave it. */
export function judgeFrame(rules: readonly FrameRule[], frame: Frame): { verdict: FrameVerdict; fault: string } {
  for (const rule of rules) {
    const verdict = verdictOf(rule, frame);
    if (verdict.kind !== 'pass') return { verdict, fault: rule.fault };
  }
  return { verdict: pass, fault: '' };
}

/** The verdict of a fault that names single frames. */
export function judgeNamed(
  named: ReadonlyMap<string, { fault: string; verdict: FrameVerdict }>,
  frame: Frame,
): { fault: string; verdict: FrameVerdict } | undefined {
  return named.size === 0 ? undefined : named.get(frameIdentityText(frame));
}

/** The strongest loss among base and rules; the frame's one loss draw is compared with it. */
export function lossOf(rules: readonly FrameRule[], frame: Frame, base: number): { loss: number; fault: string } {
  let loss = base;
  let fault = '';
  for (const rule of rules) {
    if (rule.link.loss !== undefined && rule.link.loss > loss && concerns(rule, frame)) {
      loss = rule.link.loss;
      fault = rule.fault;
    }
  }
  return { loss, fault };
}

/** The narrowest bandwidth among base and rules, in bits per second. */
export function bandwidthOf(rules: readonly FrameRule[], frame: Frame, base: number): { bitsPerSecond: number; fault: string } {
  let bitsPerSecond = base;
  let fault = '';
  for (const rule of rules) {
    const narrow = rule.link.bandwidthBitsPerSecond;
    if (narrow !== undefined && narrow < bitsPerSecond && concerns(rule, frame)) {
      bitsPerSecond = narrow;
      fault = rule.fault;
    }
  }
  return { bitsPerSecond, fault };
}

/** The strongest chance of reordering among base and rules. */
export function reorderOf(rules: readonly FrameRule[], frame: Frame, base: number): number {
  let reorder = base;
  for (const rule of rules) {
    if (rule.link.reorder !== undefined && concerns(rule, frame)) reorder = Math.max(reorder, rule.link.reorder);
  }
  return reorder;
}
