/**
 * A frame at its receiver: what its bytes say, and the event that the actor is given for it.
 *
 * Between the two stands `HostedNode.refusalOf`. Until that has let it pass, everything here is what
 * somebody else wrote.
 */
import { decode } from '../kernel/codec.ts';
import type { InputEvent, Message } from '../kernel/contract.ts';
import type { SignedFrame } from '../protocols/signed-frames.ts';
import type { Frame } from './frames.ts';

/** What a world knows of a frame that came in. `to` is the receiver itself, whatever an envelope says. */
export type ReceivedFrame = Pick<Frame, 'from' | 'incarnation' | 'to' | 'message' | 'bytes' | 'signature'>;

/** The message that bytes hold; undefined when they hold none: malformed, or no map with a kind. */
export function decodeMessage(bytes: Uint8Array): Message | undefined {
  const value = decode(bytes);
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
  return isMap && 'kind' in value && typeof value.kind === 'string' ? (value as Message) : undefined;
}

/** What the actor sees of a frame; with a signature it can show the frame to others. */
export function messageEvent({ from, incarnation, to, message, signature }: Omit<ReceivedFrame, 'bytes'>): InputEvent {
  const event: InputEvent = { type: message.kind, from, message };
  if (signature === undefined) return event;
  const signed: SignedFrame = { from, incarnation, to, message, signature };
  return { ...event, signed };
}
