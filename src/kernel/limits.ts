/**
 * Every upper bound of the house, in one table.
 *
 * Past a limit there is a named error and a counter, never silent growth. A limit that a scenario
 * may change is the default of an option of the same name; the others are hard.
 */
export const limits = {
  /** One encoded message without the blobs that it names. */
  frameBytesMax: 65_536,
  /** A value larger than this travels as a blob (see kernel/blobs). */
  inlineValueBytesMax: 1_024,
  /** One blob: a model, an update, a shard. */
  blobBytesMax: 256 * 1024 * 1024,
  /** Resident blob bytes of one world before unreferenced ones are collected. */
  blobBytesBeforeCollection: 64 * 1024 * 1024,
  /** Resident blob bytes that are in use; past it the run ends as `crash`. */
  blobBytesResidentMax: 4 * 1024 * 1024 * 1024,
  /** Inputs that wait for a busy or paused node; further ones are counted and dropped. */
  mailboxInputsMax: 10_000,
  /** Timers that one node may have armed at one time. */
  timersPerNodeMax: 1_024,
  /** Frames that wait in one sender's queue for one peer before `sendRefused`. */
  sendQueueFramesMax: 4_096,
  /** Keys remembered for occurrence counting, per node, peer and kind. */
  occurrenceKeysMax: 4_096,
  /** Microsteps of one statechart step; a cycle of `always` ends here as `crash`. */
  microstepsPerStepMax: 1_000,
  /** Commands that one step may issue. */
  commandsPerStepMax: 10_000,
  /** Keyed records in one node's store. */
  recordsPerNodeMax: 4_096,
  /** Tasks that one node may have under way. */
  tasksPerNodeMax: 256,
  /** Bytes of one node's disk unless the scenario says otherwise. */
  diskBytesMax: 1024 * 1024 * 1024,
  /** Nodes of one scenario. */
  nodesMax: 100_000,
  /** Inputs of one run. */
  eventsPerRunMax: 1_000_000_000,
  /** Virtual time of one run, in microseconds: 10 days, so that a timer that is off never fires (actors/delays). */
  virtualTimeUsMax: 10 * 24 * 3600 * 1_000_000,
  /** Faults of one scenario, after chaos has drawn its own. */
  faultsMax: 10_000,
  /** Cells of one study, and runs: cells by seeds. */
  studyCellsMax: 10_000,
  studyRunsMax: 100_000,
  /** Bytes of a scenario file. */
  scenarioBytesMax: 1_048_576,
  /** Keys under one key of a scenario file. */
  scenarioKeysMax: 1_000,
  /** Nesting of a value on the wire. */
  valueDepthMax: 32,
} as const;
