/**
 * A node's disk: keyed records, saved in order, each acknowledged after a while.
 *
 * A crash keeps a prefix of the unacknowledged saves that the seed draws (`reorder`: any subset).
 * A torn write or bit rot brings a key back as damaged, a full disk fails the save, and a lying disk
 * may lose what it has acknowledged. Each loss that a declared fault caused is named, so that the
 * house invariant can tell it from a bug.
 */
import type { DiskFault } from '../../host/faults.ts';
import type { DiskWeather } from '../../host/weather.ts';
import { assert } from '../../kernel/assert.ts';
import { encode } from '../../kernel/codec.ts';
import type { Value } from '../../kernel/codec.ts';
import type { SaveCommand } from '../../kernel/contract.ts';
import { childKey, drawUniform, numberedKey, purposes } from '../../kernel/draws.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import { limits } from '../../kernel/limits.ts';
import type { Micros } from '../../kernel/time.ts';
import { compareText } from '../../kernel/ids.ts';

interface StoredRecord {
  readonly value: Value;
  readonly revision: number;
  readonly sizeBytes: number;
}

/** A save on its way to the disk, or acknowledged by a disk that may have lied. */
export interface PendingSave {
  readonly key: string;
  readonly ticket: string;
  readonly value: Value;
  readonly revision: number;
  readonly sizeBytes: number;
  readonly acknowledged: boolean;
  /** The fault for which the disk acknowledged it without having it; empty when there was none. */
  readonly lie: string;
}

/** What a restart finds. */
export interface Recovery {
  readonly records: { readonly [key: string]: Value };
  readonly revisions: { readonly [key: string]: number };
  /** Keys that are absent because their removal was kept, with its revision. */
  readonly removed: { readonly [key: string]: number };
  readonly damaged: readonly string[];
  /** Keys whose acknowledged record a declared disk fault took. */
  readonly lost: readonly string[];
}

export class Disk {
  readonly #weather: DiskWeather;
  #records = new Map<string, StoredRecord>();
  /** Saves that a crash may still undo, oldest first. */
  #unsettled: PendingSave[] = [];
  #damaged = new Set<string>();
  #lost = new Set<string>();
  #revision = 0;
  #nextFree: Micros = 0;
  #usedBytes = 0;
  #liveRecords = 0;

  constructor(weather: DiskWeather) {
    this.#weather = weather;
  }

  /** Takes a save; says when it will be answered, and the reason if it will fail. */
  accept(command: SaveCommand, now: Micros, fault: DiskFault): { revision: number; answerAt: Micros; failed: string } {
    const sizeBytes = command.value === null ? 0 : encode(command.value).length + command.key.length;
    const { inlineValueBytesMax } = limits;
    assert(
      sizeBytes <= inlineValueBytesMax + command.key.length,
      () => `the record "${command.key}" is larger than ${inlineValueBytesMax} bytes; name a blob instead`,
    );
    this.#revision += 1;
    const revision = this.#revision;
    // At least 1 µs, so that no two answers fall due at one moment: they come in the order of the saves.
    const service = Math.max(1, Math.ceil(this.#weather.saveUs * (fault.slowFactor ?? 1)));
    this.#nextFree = Math.max(this.#nextFree, now) + service;
    const answerAt = this.#nextFree;
    const failed = fault.full === true ? 'diskFull' : this.#lackOfRoom(command, sizeBytes);
    if (failed === '') {
      const { key, ticket, value } = command;
      this.#unsettled.push({ key, ticket, value, revision, sizeBytes, acknowledged: false, lie: '' });
    }
    return { revision, answerAt, failed };
  }

  /** Why a save does not fit, counting those under way; empty when it does. A removal always fits. */
  #lackOfRoom({ key, value }: SaveCommand, sizeBytes: number): string {
    if (value === null) return '';
    let bytes = this.#usedBytes + sizeBytes - (this.#records.get(key)?.sizeBytes ?? 0);
    for (const save of this.#unsettled) bytes += save.sizeBytes;
    if (bytes > this.#weather.bytesMax) return 'diskFull';
    return this.#liveRecords + this.#unsettled.length >= limits.recordsPerNodeMax && !this.#isLive(key) ? 'tooManyRecords' : '';
  }

  #isLive(key: string): boolean {
    const record = this.#records.get(key);
    return record !== undefined && record.value !== null;
  }

  /** The save of a revision, to be acknowledged; a disk that a fault makes lie keeps it undoable. */
  acknowledge(revision: number, lie: string): PendingSave {
    const index = this.#unsettled.findIndex((save) => save.revision === revision);
    assert(index >= 0, () => `save ${revision} is acknowledged but unknown`);
    const save = this.#unsettled[index]!;
    if (lie !== '' || index > 0) {
      this.#unsettled[index] = { ...save, acknowledged: true, lie };
      if (lie === '') this.#settleAcknowledged();
    } else {
      this.#unsettled.shift();
      this.#settle(save);
    }
    return save;
  }

  /** An honest acknowledgement flushes everything before it. */
  #settleAcknowledged(): void {
    const last = this.#unsettled.findLastIndex((save) => save.acknowledged);
    for (const save of this.#unsettled.splice(0, last + 1)) this.#settle(save);
  }

  #settle(save: PendingSave): void {
    this.#usedBytes += save.sizeBytes - (this.#records.get(save.key)?.sizeBytes ?? 0);
    this.#damaged.delete(save.key);
    this.#lost.delete(save.key);
    this.#liveRecords += (save.value === null ? 0 : 1) - (this.#isLive(save.key) ? 1 : 0);
    this.#records.set(save.key, { value: save.value, revision: save.revision, sizeBytes: save.sizeBytes });
  }

  /**
   * A crash: some unsettled saves reach the disk, the rest are gone. Returns how many were at stake,
   * which keys were torn, and for each acknowledged save that is gone the fault that had lied.
   */
  crash(key: DrawKey, fault: DiskFault): { atStake: number; tornKeys: string[]; lies: string[] } {
    const unsettled = this.#unsettled;
    this.#unsettled = [];
    this.#nextFree = 0;
    const cut = Math.floor(drawUniform(key, purposes.diskPrefix) * (unsettled.length + 1));
    const tornKeys: string[] = [];
    const lies: string[] = [];
    for (const [index, save] of unsettled.entries()) {
      const kept = fault.reorder === true ? drawUniform(numberedKey(key, save.revision), purposes.diskPrefix) < 0.5 : index < cut;
      if (kept) {
        this.#settle(save);
      } else if (save.acknowledged) {
        this.#lost.add(save.key);
        lies.push(save.lie);
      } else if (fault.tornWrites === true && index === cut) {
        this.#tear(save.key);
        tornKeys.push(save.key);
      }
    }
    return { atStake: unsettled.length, tornKeys, lies };
  }

  #tear(key: string): void {
    this.#usedBytes -= this.#records.get(key)?.sizeBytes ?? 0;
    if (this.#isLive(key)) this.#liveRecords -= 1;
    this.#records.delete(key);
    this.#damaged.add(key);
  }

  /** What a new incarnation reads back. Bit rot strikes here, key by key. */
  recover(key: DrawKey, fault: DiskFault): Recovery & { rotten: readonly string[] } {
    const rotten: string[] = [];
    for (const name of [...this.#records.keys()].sort(compareText)) {
      if (!this.#isLive(name)) continue; // of a removed record there is nothing left to rot
      if (drawUniform(childKey(key, name), purposes.diskDamage) < (fault.bitRot ?? 0)) {
        this.#tear(name);
        rotten.push(name);
      }
    }
    const records: Record<string, Value> = {};
    const revisions: Record<string, number> = {};
    const removed: Record<string, number> = {};
    for (const name of [...this.#records.keys()].sort(compareText)) {
      const record = this.#records.get(name)!;
      if (record.value === null) {
        removed[name] = record.revision;
      } else {
        records[name] = record.value;
        revisions[name] = record.revision;
      }
    }
    const damaged = [...this.#damaged].sort(compareText);
    return { records, revisions, removed, damaged, lost: [...this.#lost, ...damaged].sort(compareText), rotten };
  }

  *values(): Generator<Value> {
    for (const record of this.#records.values()) yield record.value;
    for (const save of this.#unsettled) yield save.value;
  }

  save(): Value {
    return {
      records: [...this.#records].map(([key, record]) => ({ key, ...record })),
      unsettled: this.#unsettled.map((save) => ({ ...save })),
      damaged: [...this.#damaged],
      lost: [...this.#lost],
      revision: this.#revision,
      nextFree: this.#nextFree,
      usedBytes: this.#usedBytes,
      liveRecords: this.#liveRecords,
    };
  }

  load(saved: Value): void {
    const state = saved as unknown as {
      records: (StoredRecord & { key: string })[];
      unsettled: PendingSave[];
      damaged: string[];
      lost: string[];
      revision: number;
      nextFree: number;
      usedBytes: number;
      liveRecords: number;
    };
    this.#records = new Map(state.records.map(({ key, value, revision, sizeBytes }) => [key, { value, revision, sizeBytes }]));
    this.#unsettled = [...state.unsettled];
    this.#damaged = new Set(state.damaged);
    this.#lost = new Set(state.lost);
    this.#revision = state.revision;
    this.#nextFree = state.nextFree;
    this.#usedBytes = state.usedBytes;
    this.#liveRecords = state.liveRecords;
  }
}
