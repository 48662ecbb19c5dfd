/** Changes a frame on its way: one bit of its message flips. */
import type { Frame } from '../../host/frames.ts';
import { decodeMessage } from '../../host/received-frames.ts';
import type { Message } from '../../kernel/contract.ts';
import { drawUniform, purposes } from '../../kernel/draws.ts';

/** What a receiver finds when the bytes no longer decode. Its kind is none that anybody speaks. */
const garbage: Message = { kind: '' };

/** The frame with one keyed bit flipped; its message is whatever the bytes now say. */
export function alter(frame: Frame): Frame {
  const bytes = new Uint8Array(frame.bytes);
  const bit = Math.floor(drawUniform(frame.drawKey, purposes.corrupt, 1) * bytes.length * 8);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  return { ...frame, bytes, message: decodeMessage(bytes) ?? garbage };
}
