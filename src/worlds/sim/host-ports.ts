/** The ports that the simulator gives to every host: where an actor's commands go. */
import type { HostPorts, SignerPort } from '../../host/ports.ts';
import type { BlobStore } from '../../kernel/blobs.ts';
import { assert } from '../../kernel/assert.ts';
import type { NodeId } from '../../kernel/ids.ts';
import type { FaultEngine } from './fault-engine.ts';
import type { Intake } from './intake.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Network } from './network.ts';
import type { Recorder } from './recorder.ts';
import type { SimNode } from './sim-node.ts';
import type { Taps } from './taps.ts';

export interface HostedParts {
  readonly nodes: ReadonlyMap<NodeId, SimNode>;
  readonly network: Network;
  readonly lifecycle: Lifecycle;
  readonly intake: Intake;
  readonly faults: FaultEngine;
  readonly recorder: Recorder;
  readonly blobs: BlobStore;
  readonly signer: SignerPort;
  readonly taps: Taps;
}

export function simulatedPorts(parts: HostedParts): HostPorts {
  const { nodes, network, lifecycle, intake, faults, recorder, blobs, signer, taps } = parts;
  const nodeOf = (id: NodeId): SimNode => {
    const node = nodes.get(id);
    assert(node !== undefined, () => `there is no node ${id}`);
    return node;
  };
  return {
    transport: {
      send: (frame) => {
        network.send(frame);
        taps.overhear(frame);
      },
      refuse: (frame, reason) => network.refuse(frame, reason),
    },
    timers: { arm: (id, timer, delayUs) => lifecycle.armTimer(nodeOf(id), timer, delayUs) },
    store: { save: (id, command) => lifecycle.store(nodeOf(id), command) },
    compute: { compute: (id, command) => lifecycle.compute(nodeOf(id), command) },
    blobs: { has: (ref) => blobs.has(ref) },
    signer,
    observer: {
      input: (id, input, bytes) => recorder.input(id, input, bytes, intake.cause),
      command: (id, command, generation, frame) => recorder.command(id, command, generation, frame),
      reject: (id, command) => recorder.reject(id, command.reason),
      acted: (id, wrapping, what) => recorder.hit(wrapping, what, id),
      record: (id, command) => {
        const node = nodeOf(id);
        const { honest } = node.hosted;
        recorder.observe(id, command.kind, command.data, honest);
        // A fault that waits for this record strikes here, before the step's next command leaves.
        if (honest) faults.recorded(command.kind, command.data);
        return node.up;
      },
    },
  };
}
