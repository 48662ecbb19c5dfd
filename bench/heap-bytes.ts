/**
 * Bytes on V8's heap: how much a piece of work allocates, and how much stays.
 *
 * Allocation is read from V8's own garbage collection statistics: the growth of the used heap from
 * the end of each collection to the begin of the next, summed up. Buffers outside of the heap (array
 * buffers above 64 bytes) are not in it.
 */
import { GCProfiler, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Runs `work` and says how many bytes it allocated on the heap. */
export async function allocatedBytes<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly bytes: number }> {
  const profiler = new GCProfiler();
  profiler.start();
  let bytes = -getHeapStatistics().used_heap_size;
  const result = await work();
  const end = getHeapStatistics().used_heap_size;
  for (const { beforeGC, afterGC } of profiler.stop().statistics) {
    bytes += beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize;
  }
  return { result, bytes: bytes + end };
}

let collect: (() => void) | undefined;

/** Collects garbage now. V8 offers this under a flag only, which may be set while it runs. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  collect(); // The first frees what holds array buffers, the second the buffers themselves.
}
