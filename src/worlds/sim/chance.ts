/** The keys from which the simulator's draws begin, and the salt that a reseed changes. */
import { childKey, numberedKey, seedKey } from '../../kernel/draws.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Value } from '../../kernel/codec.ts';

export class Chance {
  readonly #seed: number;
  #salt: number;
  #root: DrawKey;
  readonly #named = new Map<string, DrawKey>();
  readonly #standingRoot: DrawKey;
  readonly #standing = new Map<string, DrawKey>();

  constructor(seed: number, salt: number) {
    this.#seed = seed;
    this.#salt = salt;
    this.#root = seedKey(seed, salt);
    this.#standingRoot = this.#root;
  }

  /** The root of whatever stands for the whole run. */
  get standingRoot(): DrawKey {
    return this.#standingRoot;
  }

  /** The key of something that stands for the whole run, whatever reseeds come: a device, a region. */
  standing(name: string): DrawKey {
    let key = this.#standing.get(name);
    if (key === undefined) this.#standing.set(name, (key = childKey(this.#standingRoot, name)));
    return key;
  }

  get root(): DrawKey {
    return this.#root;
  }

  /** Whatever is created from now on draws anew. */
  reseed(salt: number): void {
    this.#salt = salt;
    this.#root = seedKey(this.#seed, salt);
    this.#named.clear();
  }

  /** The key of a name; remembered, because names recur. */
  named(name: string): DrawKey {
    let key = this.#named.get(name);
    if (key === undefined) this.#named.set(name, (key = childKey(this.#root, name)));
    return key;
  }

  /** The key of one occurrence of something that a node does: its timer, its save, its link. */
  ofNode(node: NodeId, incarnation: number, what: string, occurrence: number): DrawKey {
    return numberedKey(this.named(`${node} ${what}`), incarnation, occurrence);
  }

  save(): Value {
    return this.#salt;
  }

  load(saved: Value): void {
    this.reseed(saved as number);
  }
}
