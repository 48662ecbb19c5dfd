/** Datagrams: each for itself, lost, doubled, overtaken or altered, within an MTU. */
import type { FrameVerdict } from '../../host/faults.ts';
import type { Frame } from '../../host/frames.ts';
import { judgeFrame, judgeNamed, lossOf, reorderOf } from '../../host/rules.ts';
import { drawUniform, numberedKey, purposes } from '../../kernel/draws.ts';
import type { Micros } from '../../kernel/time.ts';
import { alter } from './alter.ts';
import { refuse } from './network-parts.ts';
import type { NetworkParts } from './network-parts.ts';

/** The connection number of frames that travel without one. */
export const withoutConnection = -1;

export class Datagrams {
  readonly #parts: NetworkParts;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  send(frame: Frame): void {
    const { world, weather } = this.#parts;
    if (frame.sizeBytes > weather.mtuBytes) return refuse(this.#parts, frame, 'tooLargeForDatagram');
    const { verdict, fault } = judgeNamed(world.named, frame) ?? judgeFrame(world.rules, frame);
    if (verdict.kind !== 'pass') world.hit(fault, frame, verdict.kind);
    // Nothing waits in a datagram network: what a stream would hold or break on is simply gone.
    if (verdict.kind === 'drop' || verdict.kind === 'hold' || verdict.kind === 'break') return world.fate(frame, 'dropped');
    if (this.#isLost(frame)) return world.fate(frame, 'lost');
    this.#travel(frame, verdict);
  }

  #isLost(frame: Frame): boolean {
    const { world, weather } = this.#parts;
    const { loss, fault } = lossOf(world.rules, frame, weather.loss);
    const lost = drawUniform(frame.drawKey, purposes.loss) < loss;
    if (lost && fault !== '') world.hit(fault, frame, 'loss');
    return lost;
  }

  #travel(frame: Frame, verdict: FrameVerdict): void {
    const { world, weather } = this.#parts;
    const corrupt = verdict.kind === 'corrupt' || drawUniform(frame.drawKey, purposes.corrupt) < weather.corrupt;
    const altered = corrupt || verdict.kind === 'tamper';
    this.#launch(altered ? alter(frame) : frame, verdict.kind === 'delay' ? verdict.delayUs : 0);
    const doubled = verdict.kind === 'duplicate' || drawUniform(frame.drawKey, purposes.duplicate) < weather.duplicate;
    if (!doubled) return;
    world.fate(frame, 'duplicated');
    this.#launch({ ...frame, drawKey: numberedKey(frame.drawKey, 1) }, verdict.kind === 'duplicate' ? verdict.delayUs : 0);
  }

  /** Sends one copy off; a reordered one is overtaken by those behind it. */
  #launch(frame: Frame, extraUs: Micros): void {
    const { world, weather, links } = this.#parts;
    const left = links.leave(frame, world.now);
    const latency = links.latency(frame.drawKey, frame.from, frame.to);
    const chance = reorderOf(world.rules, frame, weather.reorder);
    const u = drawUniform(frame.drawKey, purposes.reorder);
    // One uniform decides and measures: given u < chance, u / chance is uniform again.
    const late = u < chance ? Math.ceil(latency * 3 * (1 - u / chance)) : 0;
    if (late > 0) world.fate(frame, 'reordered');
    world.push(left + latency + late + extraUs, frame.drawKey, {
      kind: 'frame', frame, connection: withoutConnection, order: 0, admitted: false,
    });
  }

  /** Whether a cut stops a datagram that is about to arrive. */
  isCut(frame: Frame): boolean {
    const { world } = this.#parts;
    const fault = world.cutBy(frame.from, frame.to);
    if (fault === '') return false;
    world.hit(fault, frame, 'cut');
    world.fate(frame, 'lost');
    return true;
  }
}
