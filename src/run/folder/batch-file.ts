/**
 * A file that is appended to in large batches, synchronously.
 *
 * The simulator's loop is synchronous within a slice and produces up to a hundred megabytes a second.
 * A stream would queue all of that until the loop yields, or make the loop wait for `drain`; here a
 * batch of 1 MiB is copied to the operating system at once, which takes well under a millisecond, and
 * no more than one batch is ever held.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { orRefuse } from './refused.ts';

const batchBytes = 1_048_576;

export class BatchFile {
  readonly path: string;
  readonly #file: number;
  readonly #batch = Buffer.allocUnsafe(batchBytes);
  #used = 0;
  #open = true;

  /** Creates the file, which must not exist. `mode` is narrowed by the process's umask. */
  constructor(path: string, mode = 0o644) {
    this.path = path;
    this.#file = orRefuse('write', path, () => openSync(path, 'wx', mode));
  }

  /** Appends bytes, which may change after the call. */
  append(bytes: Uint8Array): void {
    if (this.#used + bytes.length > batchBytes) this.#flush();
    if (bytes.length > batchBytes) {
      this.#write(bytes);
    } else {
      this.#batch.set(bytes, this.#used);
      this.#used += bytes.length;
    }
  }

  /** Appends text as UTF-8. */
  appendText(text: string): void {
    // No UTF-16 code unit takes more than three bytes in UTF-8, so what passes this test fits.
    if (text.length * 3 > batchBytes) return this.append(Buffer.from(text, 'utf8'));
    if (this.#used + text.length * 3 > batchBytes) this.#flush();
    this.#used += this.#batch.write(text, this.#used, 'utf8');
  }

  #flush(): void {
    this.#write(this.#batch.subarray(0, this.#used));
    this.#used = 0;
  }

  /** The system may take fewer bytes than it was given, so the rest is offered again. */
  #write(bytes: Uint8Array): void {
    let offset = 0;
    while (offset < bytes.length) {
      offset += orRefuse('write', this.path, () => writeSync(this.#file, bytes, offset));
    }
  }

  /** Writes what is still held and closes the file. */
  close(): void {
    if (!this.#open) return;
    this.#flush();
    this.#open = false;
    orRefuse('close', this.path, () => closeSync(this.#file));
  }

  /** Closes the file without writing what is still held. */
  abandon(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#file);
  }
}
