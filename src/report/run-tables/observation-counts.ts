/** Tables of observations by kind: what the roles of a run said of themselves, whatever roles they were. */
import { compareText } from '../../kernel/ids.ts';
import type { Micros } from '../../kernel/time.ts';
import { tableOf } from '../table.ts';
import type { Table } from '../table.ts';
import { seconds } from './reading.ts';
import type { RunReader, SeenObservation } from './reading.ts';
import { bucketWidthUs } from './traffic.ts';

/** What worlds observe of themselves; kinds of roles are described by their protocols. */
const worldKinds: Readonly<Record<string, string>> = {
  'world-save-acknowledged': 'a disk acknowledged a save',
  'world-restored': 'a node came back and read its disk',
  'world-killed': 'a life of a node ended',
  'world-left': 'a node left in order',
  'world-fault-hit': 'a fault changed something',
  'world-frame-fate': 'a frame did not simply arrive',
  'world-rejected': 'a node refused what it was told',
};

interface KindCount {
  count: number;
  readonly firstUs: Micros;
  lastUs: Micros;
  readonly byBucket: Map<number, number>;
}

export class ObservationCounts implements RunReader {
  readonly #descriptions: ReadonlyMap<string, string>;
  readonly #widthUs: Micros;
  readonly #kinds = new Map<string, KindCount>();

  constructor(descriptions: ReadonlyMap<string, string>, endUs: Micros) {
    this.#descriptions = descriptions;
    this.#widthUs = bucketWidthUs(endUs);
  }

  observation({ at, kind }: SeenObservation): void {
    let known = this.#kinds.get(kind);
    if (known === undefined) this.#kinds.set(kind, (known = { count: 0, firstUs: at, lastUs: at, byBucket: new Map() }));
    known.count += 1;
    known.lastUs = at;
    const bucket = Math.floor(at / this.#widthUs);
    known.byBucket.set(bucket, (known.byBucket.get(bucket) ?? 0) + 1);
  }

  #inOrder(): [string, KindCount][] {
    return [...this.#kinds].sort(([a, left], [b, right]) => left.firstUs - right.firstUs || compareText(a, b));
  }

  /** Columns: kind, count, first_s, last_s, about. A row a kind, in the order of their first times. */
  byKind(): Table {
    const rows = this.#inOrder().map(([kind, { count, firstUs, lastUs }]) => ({
      kind, count, first_s: seconds(firstUs), last_s: seconds(lastUs), about: this.#descriptions.get(kind) ?? worldKinds[kind] ?? '',
    }));
    return tableOf(['kind', 'count', 'first_s', 'last_s', 'about'], rows);
  }

  /** Columns: kind, order, start_s, end_s, count. A row a kind and bucket in which it was observed. */
  byTime(): Table {
    const rows = this.#inOrder().flatMap(([kind, { byBucket }], order) =>
      [...byBucket].map(([bucket, count]) => ({
        kind, order, start_s: seconds(bucket * this.#widthUs), end_s: seconds((bucket + 1) * this.#widthUs), count,
      })),
    );
    return tableOf(['kind', 'order', 'start_s', 'end_s', 'count'], rows);
  }
}
