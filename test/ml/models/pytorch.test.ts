import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../../src/ml/backend.ts';
import { BatchReader } from '../../../src/ml/training/batches.ts';
import { drawDigits } from '../../../src/ml/data/digits.ts';
import { firstWeights } from '../../../src/ml/models/first-weights.ts';
import { bytesOfFloats } from '../../../src/ml/floats.ts';
import { modelFileOf, parametersOfFile } from '../../../src/ml/models/model-file.ts';
import { tensorsOf } from '../../../src/ml/models/models.ts';
import { loadParameters, networkOf, scoresOf } from '../../../src/ml/models/network.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { wasmFolder } from '../wasm-folder.ts';

const program = fileURLToPath(new URL('read-by-pytorch.py', import.meta.url));
const hasPyTorch = spawnSync('python3', ['-c', 'import torch, safetensors.torch']).status === 0;
const model = { name: 'cnn', channels: 1, height: 28, width: 28, classes: 10 } as const;

beforeAll(() => startBackend(wasmFolder));

const skipped = '(skipped where python3 has no torch and safetensors)';

test.skipIf(!hasPyTorch)(`PyTorch loads our file, gives our scores, and saves what we read ${skipped}`, () => {
  const folder = temporaryFolder();
  const [given, images, written] = ['given.safetensors', 'images.bin', 'written.safetensors'].map((name) => join(folder, name)) as
    [string, string, string];
  const parameters = firstWeights(model, 6);
  const samples = 4;
  const batch = new BatchReader(drawDigits(1, samples, 1).train, samples).read(Uint32Array.of(0, 1, 2, 3));
  // Our batches stand in columns, PyTorch's in rows.
  const rows = Float32Array.from(batch.columns, (_, index) => batch.columns[(index % 784) * samples + Math.floor(index / 784)]!);
  writeFileSync(given, modelFileOf(model, bytesOfFloats(parameters)));
  writeFileSync(images, bytesOfFloats(rows));

  const python = spawnSync('python3', [program, given, images, written], { encoding: 'utf8' });
  expect(python.stderr).not.toMatch(/Error/u);
  const said = JSON.parse(python.stdout) as { shapes: Record<string, number[]>; scores: number[][] };
  expect(said.shapes).toEqual(Object.fromEntries(tensorsOf(model).map(({ name, shape }) => [name, shape])));
  const network = networkOf(model);
  const tensors = loadParameters(network, parameters);
  const scores = scoresOf(network, tensors, batch.columns, samples);
  for (const tensor of Object.values(tensors)) tensor.dispose();
  said.scores.forEach((row, sample) => {
    row.forEach((score, label) => expect(score, `image ${sample}, class ${label}`).toBeCloseTo(scores[label * samples + sample]!, 4));
  });
  expect(parametersOfFile(model, new Uint8Array(readFileSync(written)))).toEqual(parameters);
});
