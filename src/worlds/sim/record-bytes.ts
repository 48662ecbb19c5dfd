/**
 * Canonical bytes of the short arrays that every record begins with, without making the arrays.
 *
 * A record is mostly numbers and texts that come again and again (node ids, timer ids, event types),
 * so texts are encoded once and numbers are written by hand. The bytes are those of kernel/codec: a
 * test compares them. What is more than a number or a text goes through the codec itself.
 */
import { encode } from '../../kernel/codec.ts';

/** Distinct texts that are kept encoded; past it the table starts anew. */
const textsMax = 65_536;

/** CBOR heads of one byte (RFC 8949 §3): the major type in the upper three bits. */
const unsigned = 0x00;
const negative = 0x20;
const array = 0x80;
const binary64 = 0xfb;

export class RecordBytes {
  #bytes = new Uint8Array(1_024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #texts = new Map<string, Uint8Array>();

  /** Begins an array of fewer than 24 elements, which follow; the last may be appended by the caller. */
  begin(elements: number): this {
    this.#bytes[0] = array + elements;
    this.#length = 1;
    return this;
  }

  /** A finite number: an integer of up to 32 bits in its shortest form, any other as binary64. */
  number(value: number): this {
    this.#reserve(9);
    if (value >>> 0 === value) this.#integer(unsigned, value);
    else if (value < 0 && value >= -0x1_0000_0000 && Math.floor(value) === value) this.#integer(negative, -1 - value);
    else {
      this.#bytes[this.#length] = binary64;
      this.#view.setFloat64(this.#length + 1, value);
      this.#length += 9;
    }
    return this;
  }

  #integer(major: number, value: number): void {
    const at = this.#length;
    if (value < 24) {
      this.#bytes[at] = major + value;
      this.#length = at + 1;
    } else if (value < 0x100) {
      this.#bytes[at] = major + 24;
      this.#bytes[at + 1] = value;
      this.#length = at + 2;
    } else if (value < 0x1_0000) {
      this.#bytes[at] = major + 25;
      this.#view.setUint16(at + 1, value);
      this.#length = at + 3;
    } else {
      this.#bytes[at] = major + 26;
      this.#view.setUint32(at + 1, value);
      this.#length = at + 5;
    }
  }

  text(text: string): this {
    let bytes = this.#texts.get(text);
    if (bytes === undefined) {
      if (this.#texts.size >= textsMax) this.#texts.clear();
      this.#texts.set(text, (bytes = encode(text)));
    }
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array((this.#length + more) * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }

  /** What was written since `begin`; valid until the next `begin`. */
  end(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
