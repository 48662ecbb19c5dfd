/**
 * A small live-like world in one process: real timers, real chance, promises for disks and tasks.
 *
 * It implements the host's ports and nothing of the simulator, and shows what a live world must do:
 * stamp each input, drop stale firings, refuse what it cannot read, answer saves and tasks later, and
 * keep a journal. Delays and losses come from the machine's chance, so no two runs are alike; what
 * must be alike is each journal and its fold.
 */
import { secretBytes } from '../../src/crypto/identity.ts';
import type { Signer } from '../../src/crypto/identity.ts';
import type { FoldedStep, Incarnation } from '../../src/host/fold.ts';
import { HostedNode } from '../../src/host/node.ts';
import type { NodeSpecification } from '../../src/host/node.ts';
import type { HostPorts } from '../../src/host/ports.ts';
import type { Frame } from '../../src/host/frames.ts';
import { decodeMessage, messageEvent } from '../../src/host/received-frames.ts';
import { persistSnapshot } from '../../src/host/step.ts';
import type { StepCommand } from '../../src/host/step.ts';
import { installTripwires } from '../../src/host/tripwires.ts';
import { present } from '../../src/kernel/assert.ts';
import { BlobStore } from '../../src/kernel/blobs.ts';
import { toHex } from '../../src/kernel/bytes.ts';
import { encode } from '../../src/kernel/codec.ts';
import type { Value } from '../../src/kernel/codec.ts';
import type { ComputeCommand, Input, InputEvent, SaveCommand, Stamp } from '../../src/kernel/contract.ts';
import { seedKey } from '../../src/kernel/draws.ts';
import { parseNodeId } from '../../src/kernel/ids.ts';
import type { NodeId } from '../../src/kernel/ids.ts';
import { TaskRefused } from '../../src/kernel/tasks.ts';
import { ed25519Node } from '../../src/run/ed25519-node.ts';
import { sha256Node } from '../../src/run/sha256-node.ts';

/** What an actor answered; the snapshot is put in once the step's commands have been carried out. */
interface Answer extends FoldedStep {
  readonly commands: StepCommand[];
  snapshot: Uint8Array;
}

/** One life of a node, with what its actor answered to each input as it was. */
export interface JournaledLife extends Incarnation {
  readonly inputs: Input[];
  readonly answers: Answer[];
}

export interface RealTimeOptions {
  /** Chance that a frame is lost, in [0, 1]. */
  readonly loss: number;
  /** Frames, saves and tasks take up to so long. */
  readonly delayMsMax: number;
}

/** A whole number of 53 bits from the operating system. */
function entropy(): number {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return (high! >>> 11) * 0x1_0000_0000 + low!;
}

interface Resident {
  readonly node: HostedNode;
  readonly records: Map<string, Value>;
  startedMs: number;
}

export class RealTimeWorld {
  readonly lives: JournaledLife[] = [];
  readonly rejected: string[] = [];
  readonly #options: RealTimeOptions;
  readonly #residents = new Map<NodeId, Resident>();
  readonly #signers = new Map<NodeId, Signer>();
  readonly #blobs = new BlobStore(sha256Node);
  readonly #pending = new Set<ReturnType<typeof setTimeout>>();
  readonly #ended = Promise.withResolvers<void>();

  constructor(nodes: readonly NodeSpecification[], options: RealTimeOptions) {
    installTripwires();
    this.#options = options;
    const ports = this.#ports();
    for (const { id } of nodes) {
      this.#signers.set(id, ed25519Node.signerOf(crypto.getRandomValues(new Uint8Array(secretBytes))));
    }
    for (const specification of nodes) {
      const node = new HostedNode(this.#withKeys(specification), ports, seedKey(entropy(), 0));
      this.#residents.set(node.id, { node, records: new Map(), startedMs: 0 });
    }
  }

  /** Starts all nodes; settles when those of the concluding roles have finished, or with an error. */
  async run(): Promise<void> {
    for (const id of this.#residents.keys()) this.#later(() => this.restart(id));
    await this.#ended.promise.finally(() => this.#pending.forEach((timer) => clearTimeout(timer)));
  }

  /** Ends a node's life, if it has one, and begins the next with what its store kept. */
  restart(id: NodeId): void {
    const resident = this.#resident(id);
    const { node, records } = resident;
    node.stop();
    resident.startedMs = performance.now();
    const incarnation = node.incarnation + 1;
    this.lives.push({ node: id, incarnation, config: node.config, inputs: [], answers: [] });
    node.start(this.#stamp(resident));
    this.#answered(resident);
    this.#give(id, incarnation, { type: 'restored', records: Object.fromEntries(records), damaged: [] });
  }

  #resident(id: NodeId): Resident {
    return present(this.#residents.get(id), `node ${id}`);
  }

  #signerOf(id: NodeId): Signer {
    return present(this.#signers.get(id), `key of ${id}`);
  }

  /** A node whose role knows keys is configured with those of this world, which chance made. */
  #withKeys(specification: NodeSpecification): NodeSpecification {
    const { knowsKeysOf } = specification.role;
    if (knowsKeysOf === undefined) return specification;
    const known = [...this.#signers].filter(([id]) => knowsKeysOf.includes(parseNodeId(id)!.role));
    const publicKeys = Object.fromEntries(known.map(([id, { publicKey }]) => [id, toHex(publicKey)]));
    return { ...specification, config: { ...specification.config, publicKeys } };
  }

  #stamp({ startedMs }: Resident): Stamp {
    const mono = Math.floor((performance.now() - startedMs) * 1_000);
    return { at: Date.now() * 1_000, mono, dice: entropy() };
  }

  /** Gives an event to one life of a node; whatever comes for an ended one is gone. */
  #give(id: NodeId, incarnation: number, event: InputEvent, bytes?: Uint8Array): void {
    const resident = this.#resident(id);
    if (!resident.node.running || resident.node.incarnation !== incarnation) return;
    resident.node.handle({ ...this.#stamp(resident), event }, bytes);
    this.#answered(resident);
  }

  /** Keeps the snapshot of the step just taken, and ends the run with the last concluding node. */
  #answered({ node }: Resident): void {
    present(this.#lifeOf(node.id).answers.at(-1), 'the step').snapshot = encode(persistSnapshot(node.role, node.charts[0]!));
    const concluding = [...this.#residents.values()].filter((resident) => resident.node.role.concludes === true);
    if (concluding.every((resident) => resident.node.finished)) this.#ended.resolve();
  }

  #lifeOf(id: NodeId): JournaledLife {
    return present(this.lives.findLast((life) => life.node === id), `life of ${id}`);
  }

  #answerOf(id: NodeId): StepCommand[] {
    return present(this.#lifeOf(id).answers.at(-1), 'the step').commands;
  }

  /** Does something after a real delay; an error ends the run. */
  #later(action: () => void, delayMs = Math.random() * this.#options.delayMsMax): void {
    const timer = setTimeout(() => {
      this.#pending.delete(timer);
      try {
        action();
      } catch (error) {
        this.#ended.reject(error);
      }
    }, delayMs);
    this.#pending.add(timer);
  }

  #deliver(frame: Frame): void {
    const { node } = this.#resident(frame.to);
    const message = decodeMessage(frame.bytes);
    if (message === undefined) return void this.rejected.push('malformed');
    const received = { ...frame, message };
    const refusal = node.refusalOf(received);
    if (refusal !== undefined) this.rejected.push(refusal);
    else this.#give(node.id, node.incarnation, messageEvent(received), frame.bytes);
  }

  #save(id: NodeId, { key, value, ticket }: SaveCommand): void {
    const { node, records } = this.#resident(id);
    const { incarnation } = node;
    this.#later(() => {
      if (node.incarnation !== incarnation) return;
      if (value === null) records.delete(key);
      else records.set(key, value);
      this.#give(id, incarnation, { type: 'saved', key, ticket });
    });
  }

  #compute(id: NodeId, { task, key, input }: ComputeCommand): void {
    const { node } = this.#resident(id);
    const { incarnation } = node;
    const definition = present(node.role.tasks.find(({ name }) => name === task), `task ${task}`);
    const context = { read: this.#blobs.get.bind(this.#blobs), write: this.#blobs.put.bind(this.#blobs) };
    this.#later(() => {
      try {
        this.#give(id, incarnation, { type: 'computed', task, key, result: definition.run(input, context) });
      } catch (error) {
        if (!(error instanceof TaskRefused)) throw error;
        this.#give(id, incarnation, { type: 'computeFailed', task, key, reason: error.message });
      }
    });
  }

  #ports(): HostPorts {
    const { loss } = this.#options;
    return {
      transport: {
        send: (frame) => void (Math.random() >= loss && this.#later(() => this.#deliver(frame))),
        refuse: ({ from, to, kind }, reason) => {
          const { incarnation } = this.#resident(from).node;
          this.#later(() => this.#give(from, incarnation, { type: 'sendRefused', to, kind, reason }));
        },
      },
      timers: {
        arm: (id, { id: timer, generation, event }, delayUs) => {
          const { node } = this.#resident(id);
          const fire = () => node.timers.fire(timer, generation) && this.#give(id, node.incarnation, { type: event });
          this.#later(fire, delayUs / 1_000);
        },
      },
      store: { save: (id, command) => this.#save(id, command) },
      compute: { compute: (id, command) => this.#compute(id, command) },
      blobs: this.#blobs,
      signer: {
        sign: (id, bytes) => this.#signerOf(id).sign(bytes),
        verify: (id, bytes, signature) => ed25519Node.verify(signature, bytes, this.#signerOf(id).publicKey),
      },
      observer: {
        input: (id, input) => {
          const life = this.#lifeOf(id);
          life.inputs.push(input);
          return life.answers.push({ commands: [], snapshot: new Uint8Array(0) });
        },
        command: (id, command) => void this.#answerOf(id).push(command),
        record: (id, command) => this.#answerOf(id).push(command) > 0,
        reject: (_, { reason }) => void this.rejected.push(reason),
        acted: () => {},
      },
    };
  }
}
