/** Datagrams: each for itself, lost, doubled, overtaken or altered, within an MTU. */
import type { Frame } from '../../host/frames.ts';
import { judgeFrame, lossOf, reorderOf } from '../../host/rules.ts';
import type { Judgement } from '../../host/rules.ts';
import { drawUniform, numberedKey, purposes } from '../../kernel/draws.ts';
import type { Micros } from '../../kernel/time.ts';
import { alter } from './alter.ts';
import { frameBranches, leaveSender, refuse } from './network-parts.ts';
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
    const judgement = judgeFrame(world.rules, world.named, frame);
    const { verdict, fault, named } = judgement;
    if (fault !== '') world.hit(fault, frame, verdict.kind);
    // Nothing waits in a datagram network: what a stream would hold or break on is simply gone.
    if (verdict.kind === 'drop' || verdict.kind === 'hold' || verdict.kind === 'break') return world.fate(frame, 'dropped');
    if (!named && this.#isLost(frame)) return world.fate(frame, 'lost');
    this.#travel(frame, judgement);
  }

  #isLost(frame: Frame): boolean {
    const { world, weather } = this.#parts;
    const { loss, fault } = lossOf(world.rules, frame, weather.loss);
    const u = drawUniform(frame.drawKey, purposes.loss);
    if (u >= loss) return false;
    if (u >= weather.loss) world.hit(fault, frame, 'loss');
    return true;
  }

  #travel(frame: Frame, { verdict, delayUs, delayedBy, named }: Judgement): void {
    const { world, weather } = this.#parts;
    for (const fault of delayedBy) world.hit(fault, frame, 'delay');
    const happens = (purpose: number, chance: number) => !named && drawUniform(frame.drawKey, purpose) < chance;
    const altered = verdict.kind === 'tamper' || verdict.kind === 'corrupt' || happens(purposes.corrupt, weather.corrupt);
    if (altered) world.fate(frame, 'altered');
    this.#launch(altered ? alter(frame) : frame, delayUs, !named);
    if (verdict.kind !== 'duplicate' && !happens(purposes.duplicate, weather.duplicate)) return;
    world.fate(frame, 'duplicated');
    this.#launch({ ...frame, drawKey: numberedKey(frame.drawKey, frameBranches.copy) }, delayUs, true);
  }

  /** Sends one copy off; one that chance reorders is overtaken by those behind it. */
  #launch(frame: Frame, extraUs: Micros, mayReorder: boolean): void {
    const { world, links } = this.#parts;
    const left = leaveSender(this.#parts, frame);
    const latency = links.latency(frame.drawKey, frame.from, frame.to);
    const late = mayReorder ? this.#lateness(frame, latency) : 0;
    world.push(left + latency + late + extraUs, frame.drawKey, {
      kind: 'frame', frame, connection: withoutConnection, order: 0, admitted: false,
    });
  }

  /** How much later than its latency a reordered frame comes, up to three times as much; 0 for all others. */
  #lateness(frame: Frame, latencyUs: Micros): Micros {
    const { world, weather } = this.#parts;
    const { reorder, fault } = reorderOf(world.rules, frame, weather.reorder);
    const u = drawUniform(frame.drawKey, purposes.reorder);
    if (u >= reorder) return 0;
    if (u >= weather.reorder) world.hit(fault, frame, 'reorder');
    world.fate(frame, 'reordered');
    // One uniform decides and measures: given u < reorder, u / reorder is uniform again.
    return Math.ceil(latencyUs * 3 * (1 - u / reorder));
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
