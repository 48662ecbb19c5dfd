/**
 * Loaded by `--import` into a command that is measured: at its end it writes what it used to
 * descriptor 3, as JSON. Compute threads load it too, and keep silent.
 */
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const reportDescriptor = 3;

if (isMainThread) {
  process.on('exit', () => writeSync(reportDescriptor, JSON.stringify(process.resourceUsage())));
}
