/** The learning backend in a process or thread of Node: where its files lie, and how it is started. */
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { startBackend } from '../ml/backend.ts';

/** Starts the backend once. Rejects with `BackendUnavailable` where this machine cannot serve. */
export async function startBackendOnNode(): Promise<void> {
  const require = createRequire(import.meta.url);
  await startBackend(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), sep));
  dropForeignListeners();
}

/** tfjs listens for stray errors only to throw them again, which would hide their cause. */
function dropForeignListeners(): void {
  process.removeAllListeners('uncaughtException');
  process.removeAllListeners('unhandledRejection');
}
