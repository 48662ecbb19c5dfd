/**
 * The keys from which the simulator's draws begin, and the salt that a reseed changes.
 *
 * Keys are pure functions of names, so whatever is remembered here is for speed and shows nowhere.
 * Only timers are: their names are those of nodes and charts, and do not grow with a run.
 */
import { childKey, numberedKey, seedKey } from '../../kernel/draws.ts';
import type { DrawKey } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { Value } from '../../kernel/codec.ts';

export class Chance {
  readonly #seed: number;
  #salt: number;
  #root: DrawKey;
  /** Keys of timers by node and timer: asked for again at every arming. */
  readonly #timers = new Map<NodeId, Map<string, DrawKey>>();
  readonly #standingRoot: DrawKey;

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
    return childKey(this.#standingRoot, name);
  }

  get root(): DrawKey {
    return this.#root;
  }

  /** Whatever is created from now on draws anew. */
  reseed(salt: number): void {
    this.#salt = salt;
    this.#root = seedKey(this.#seed, salt);
    this.#timers.clear();
  }

  /** The key of a name. */
  named(name: string): DrawKey {
    return childKey(this.#root, name);
  }

  /** The key of one arming of a node's timer. */
  ofTimer(node: NodeId, incarnation: number, timer: string, generation: number): DrawKey {
    let timers = this.#timers.get(node);
    if (timers === undefined) this.#timers.set(node, (timers = new Map()));
    let key = timers.get(timer);
    if (key === undefined) timers.set(timer, (key = this.named(`${node} timer ${timer}`)));
    return numberedKey(key, incarnation, generation);
  }

  /** The key of one occurrence of something else that a node does: its save, its task, its link. */
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
