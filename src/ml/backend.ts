/**
 * The door to tfjs: starts its WebAssembly backend once a thread, and hands the library out.
 *
 * One thread a kernel, SIMD required, no relaxed SIMD (the shipped binaries use none), so that the
 * same bits come out on every machine. There is no fall-back: another backend would compute other
 * bits, so a machine without WebAssembly SIMD is told so instead. The library is imported when it
 * is started and not before, because a thread that only moves messages should not pay for it.
 */
import type * as TensorFlow from '@tensorflow/tfjs-core';
import { assert } from '../kernel/assert.ts';

/** Names what computes the floating-point numbers; results under different tags are never compared bit for bit. */
export const numerics = 'tfjs-core 4.22.0, wasm simd, one thread';

const libraryVersion = '4.22.0';

/** Where the three binaries of @tensorflow/tfjs-backend-wasm lie: a folder ending in "/", or each by name. */
export type WasmPaths = string | Readonly<Record<string, string>>;

/** This machine or installation cannot compute; the message says what to do. */
export class BackendUnavailable extends Error {
  static override readonly name = 'BackendUnavailable';
  override readonly name = 'BackendUnavailable';
}

let library: typeof TensorFlow | undefined;
let starting: Promise<void> | undefined;

/** Starts the backend; later calls wait for the first. Throws `BackendUnavailable`. */
export function startBackend(paths: WasmPaths): Promise<void> {
  starting ??= start(paths).catch((error: unknown) => {
    starting = undefined; // The caller may mend the path and try again.
    throw error;
  });
  return starting;
}

async function start(paths: WasmPaths): Promise<void> {
  const tf = await import('@tensorflow/tfjs-core');
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  if (tf.version_core !== libraryVersion || wasm.version_wasm !== libraryVersion) {
    throw new BackendUnavailable(
      `tfjs ${tf.version_core} with its wasm backend ${wasm.version_wasm} is installed, but ${libraryVersion} is ` +
        'needed for comparable numbers: run "npm ci" again',
    );
  }
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new BackendUnavailable(
      'this machine or JavaScript engine has no WebAssembly SIMD, which training needs (x86-64 with SSE4.1, or ' +
        'arm64, and Node 20 or later): use another machine, or set training.model to bowl, which needs none',
    );
  }
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  wasm.setWasmPaths(paths);
  let ready = false;
  try {
    ready = await tf.setBackend('wasm');
  } catch (error) {
    throw new BackendUnavailable(`the WebAssembly backend did not start (${String(error)}): run "npm ci" again`);
  }
  if (!ready || tf.getBackend() !== 'wasm') {
    throw new BackendUnavailable(
      `the WebAssembly backend did not start from ${JSON.stringify(paths)}: check that tfjs-backend-wasm-simd.wasm ` +
        'is there, or run "npm ci" again',
    );
  }
  library = tf;
}

/** Whether `tensorLibrary` may be called in this thread. */
export function backendStarted(): boolean {
  return library !== undefined;
}

/** The started library. */
export function tensorLibrary(): typeof TensorFlow {
  assert(library !== undefined, 'startBackend must be awaited in this thread before a model is computed');
  return library;
}
