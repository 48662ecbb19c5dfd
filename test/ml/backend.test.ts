import * as tf from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';
import { wasmFolder } from './wasm-folder.ts';

/** The module as a fresh thread sees it; tfjs itself stays as it is. */
async function freshBackend() {
  vi.resetModules();
  return import('../../src/ml/backend.ts');
}

test('the backend starts once, and the library comes out of it', async () => {
  const backend = await freshBackend();
  expect(backend.backendStarted()).toBe(false);
  expect(() => backend.tensorLibrary()).toThrow('startBackend must be awaited');
  const first = backend.startBackend(wasmFolder);
  expect(backend.startBackend(wasmFolder)).toBe(first);
  await first;
  expect(backend.backendStarted()).toBe(true);
  expect(backend.tensorLibrary().getBackend()).toBe('wasm');
});

test('the numerics tag names the installed version', async () => {
  const { numerics } = await freshBackend();
  expect(numerics).toContain(`tfjs-core ${tf.version_core}`);
});

test('without SIMD the backend says what to do, and computes nothing', async () => {
  const backend = await freshBackend();
  await import('@tensorflow/tfjs-backend-wasm'); // Registers the flag.
  tf.env().set('WASM_HAS_SIMD_SUPPORT', false);
  try {
    await expect(backend.startBackend(wasmFolder)).rejects.toThrow(backend.BackendUnavailable);
    await expect(backend.startBackend(wasmFolder)).rejects.toThrow(/no WebAssembly SIMD.*training\.model to bowl/u);
    expect(backend.backendStarted()).toBe(false);
  } finally {
    tf.env().set('WASM_HAS_SIMD_SUPPORT', true);
  }
  await backend.startBackend(wasmFolder);
  expect(backend.backendStarted()).toBe(true);
});
