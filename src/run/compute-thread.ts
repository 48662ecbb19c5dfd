/**
 * What a compute thread runs: it starts the learning backend once and then serves tasks.
 *
 * The Node side of worlds/sim/threads. The tasks are those of the built-in roles and of the role
 * files that the scenario names.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { RoleDefinition } from '../actors/define.ts';
import { builtinRoles } from '../actors/registry.ts';
import { present } from '../kernel/assert.ts';
import { BlobStore } from '../kernel/blobs.ts';
import { BackendUnavailable } from '../ml/backend.ts';
import { runTask } from '../worlds/sim/inline-runner.ts';
import type { FromThread, ThreadSetup, ToThread } from '../worlds/sim/thread-messages.ts';
import { startBackendOnNode } from './backend-node.ts';
import { createRegistry } from './registry.ts';
import { sha256Node } from './sha256-node.ts';

const port = present(parentPort, 'the port of a compute thread');

async function ownRoles({ roleFiles }: ThreadSetup): Promise<RoleDefinition[]> {
  const modules = await Promise.all(roleFiles.map((file) => import(file) as Promise<{ default: RoleDefinition }>));
  return modules.map((module) => module.default);
}

const started = (async () => {
  const roles = await ownRoles(workerData as ThreadSetup);
  await startBackendOnNode();
  return createRegistry([...builtinRoles, ...roles]).tasks;
})();

/** Answers one task. Its blobs live in a store of their own, which is dropped afterwards. */
async function serve({ number, task: name, input, blobs }: ToThread): Promise<FromThread> {
  let tasks;
  try {
    tasks = await started;
  } catch (error) {
    if (error instanceof BackendUnavailable) return { kind: 'unavailable', words: error.message };
    throw error;
  }
  const task = present(tasks.get(name), `the task "${name}"`);
  const given = new Map(blobs.map(([ref, bytes]) => [ref.blob, bytes]));
  const store = new BlobStore(sha256Node);
  const made: Uint8Array[] = [];
  const answer = runTask(task, input, {
    get: (ref) => present(given.get(ref.blob) ?? store.find(ref), `the blob ${ref.blob.slice(0, 12)}`),
    put: (bytes) => {
      const kept = new Uint8Array(new SharedArrayBuffer(bytes.length));
      kept.set(bytes);
      made.push(kept);
      return store.put(kept);
    },
  });
  return { kind: 'answered', number, answer, blobs: made };
}

port.on('message', (message: ToThread) => {
  serve(message).then(
    (answer) => port.postMessage(answer),
    (error: unknown) => {
      const words = `the task ${message.task} threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
      port.postMessage({ kind: 'threw', number: message.number, words } satisfies FromThread);
    },
  );
});
