/**
 * Rules on frames: which active fault says what about one frame.
 *
 * A rule is pure: it sees the frame's identity and its keyed draws, and returns a verdict. All rules
 * are asked: delays add up, and of the other verdicts the strongest wins, of equals the first. So a
 * slow link that began long ago does not let frames through a gate. What a rule says of a frame
 * depends on no other rule, which keeps the hits of a weaker fault among those of a stronger one.
 */
import { drawUniform, numberedKey, purposes } from '../kernel/draws.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { Micros } from '../kernel/time.ts';
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

/** The verdict of one rule, delays apart. Loss, bandwidth and reordering belong to the link and are asked there. */
export function verdictOf(rule: FrameRule, frame: Frame): FrameVerdict {
  if (!concerns(rule, frame)) return pass;
  const { link } = rule;
  if (link.hold === true) return { kind: 'hold' };
  if (strike(rule, frame, 0, link.break)) return { kind: 'break' };
  if (strike(rule, frame, 1, link.tamper)) return { kind: 'tamper' };
  if (frame.transport === 'stream') return pass; // a stream neither corrupts nor doubles
  if (strike(rule, frame, 2, link.corrupt)) return { kind: 'corrupt' };
  if (strike(rule, frame, 3, link.duplicate)) return { kind: 'duplicate' };
  return pass;
}

/** What all faults together say about one frame. */
export interface Judgement {
  /** Never `delay`: delays add up beside it. */
  readonly verdict: FrameVerdict;
  /** The fault that gave the verdict; empty when it is a `pass` of nobody in particular. */
  readonly fault: string;
  readonly delayUs: Micros;
  readonly delayedBy: readonly string[];
  /** Whether a fault names this very frame: then chance has no say in it. */
  readonly named: boolean;
}

/** Faults that name single frames, by frameIdentityText. */
export type NamedFrames = ReadonlyMap<string, { readonly fault: string; readonly verdict: FrameVerdict }>;

const unhindered: Judgement = { verdict: pass, fault: '', delayUs: 0, delayedBy: [], named: false };

/** Verdicts from the one that overrules all others to the one that any other overrules. */
const precedence: readonly FrameVerdict['kind'][] = ['hold', 'drop', 'break', 'tamper', 'corrupt', 'duplicate', 'pass'];

/** Judges a frame: a fault that names it decides alone; else the strongest verdict of the rules wins. */
export function judgeFrame(rules: readonly FrameRule[], named: NamedFrames, frame: Frame): Judgement {
  if (named.size > 0) {
    const found = named.get(frameIdentityText(frame));
    if (found !== undefined) return judgementOfName(found);
  }
  return rules.length === 0 ? unhindered : judgementOfRules(rules, frame);
}

function judgementOfName({ fault, verdict }: { fault: string; verdict: FrameVerdict }): Judgement {
  if (verdict.kind !== 'delay') return { verdict, fault, delayUs: 0, delayedBy: [], named: true };
  return { verdict: pass, fault: '', delayUs: verdict.delayUs, delayedBy: [fault], named: true };
}

function judgementOfRules(rules: readonly FrameRule[], frame: Frame): Judgement {
  let verdict = pass;
  let fault = '';
  let delayUs = 0;
  const delayedBy: string[] = [];
  for (const rule of rules) {
    const one = verdictOf(rule, frame);
    if (precedence.indexOf(one.kind) < precedence.indexOf(verdict.kind)) {
      verdict = one;
      fault = rule.fault;
    }
    if (rule.link.delayUs !== undefined && concerns(rule, frame)) {
      delayUs += rule.link.delayUs;
      delayedBy.push(rule.fault);
    }
  }
  return { verdict, fault, delayUs, delayedBy, named: false };
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
export function reorderOf(rules: readonly FrameRule[], frame: Frame, base: number): { reorder: number; fault: string } {
  let reorder = base;
  let fault = '';
  for (const rule of rules) {
    if (rule.link.reorder !== undefined && rule.link.reorder > reorder && concerns(rule, frame)) {
      reorder = rule.link.reorder;
      fault = rule.fault;
    }
  }
  return { reorder, fault };
}
