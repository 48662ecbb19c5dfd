/** Where the WebAssembly binaries of the installed tfjs backend lie, for tests that compute. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');

/** A folder, ending in a slash as tfjs wants it. */
export const wasmFolder = `${dirname(manifest)}/dist/`;
