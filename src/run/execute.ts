/**
 * Executes a scenario in the simulator: scenario × seed → trace → findings.
 *
 * The only place that awaits between slices of the loop (for signals, progress, and results of
 * compute threads), and the only place that catches an `InvariantViolation`. It imports nothing of
 * Node: clock, yielding, hashing, threads and folder are ports, so it runs in a browser too.
 */
import { CauseRing } from '../judge/causes.ts';
import type { Cause } from '../judge/causes.ts';
import { Evaluation } from '../judge/evaluate.ts';
import type { EvaluationSummary } from '../judge/evaluate.ts';
import { recordKinds } from '../judge/trace-format.ts';
import type { RecordKind, TraceHeader } from '../judge/trace-format.ts';
import { TraceWriter } from '../judge/trace.ts';
import type { TraceHashes } from '../judge/trace.ts';
import type { Finding } from '../judge/verdict.ts';
import type { SignerPort } from '../host/ports.ts';
import { placeOfThrown, wordsOfThrown } from '../host/thrown-words.ts';
import { InvariantViolation } from '../kernel/assert.ts';
import { sha256Pure } from '../crypto/digest.ts';
import { ed25519Pure } from '../crypto/ed25519.ts';
import type { SignatureScheme } from '../crypto/identity.ts';
import { SimulatedIdentities } from '../crypto/simulated-identities.ts';
import { BlobStore } from '../kernel/blobs.ts';
import type { Sha256 } from '../kernel/blobs.ts';
import type { Value } from '../kernel/codec.ts';
import { inIdOrder } from '../kernel/ids.ts';
import type { NodeId } from '../kernel/ids.ts';
import type { Observation } from '../kernel/properties.ts';
import type { Micros } from '../kernel/time.ts';
import type { TaskRunner } from '../worlds/sim/compute.ts';
import type { Watcher } from '../worlds/sim/recorder.ts';
import { RememberingSigner } from '../worlds/sim/signing.ts';
import { SimWorld } from '../worlds/sim/world.ts';
import type { Progress } from '../worlds/sim/world.ts';
import { evaluationOptions } from './expectations.ts';
import { OutcomeWatch } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { prepare } from './prepare.ts';
import type { Prepared, Supplies } from './prepare.ts';
import type { RunRecorder, RunWatch } from './recorder.ts';
import type { Registry } from './registry.ts';
import type { ResolvedScenario } from './resolved.ts';
import type { RunProgress } from './result.ts';

/** What a run takes from its surroundings. */
export interface ExecutePorts extends Omit<Supplies, 'sha256' | 'publicKeyOf'> {
  /** SHA-256; the pure one where there is none of the platform's own, as in a browser. The bytes are equal. */
  readonly sha256?: Sha256;
  /** Ed25519; the pure one where there is none of the platform's own. Bytes and verdicts are equal. */
  readonly signatures?: SignatureScheme;
  /** Who computes tasks whose results land in `blobs`. */
  readonly runnerFor: (blobs: BlobStore) => TaskRunner;
  /** Seconds of a monotonic clock. */
  readonly wallSeconds: () => number;
  /** Lets signals and messages of threads in. */
  readonly yieldTurn: () => Promise<void>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RunProgress) => void;
  readonly recorder?: RunRecorder;
  /** Takes figures while the run goes on. */
  readonly watch?: RunWatch;
  /** Runs a slice of the loop and ends it when a step is stuck (see watchdog.ts); without it, just runs it. */
  readonly watched?: <T>(slice: () => T) => T;
  /** Steps each input twice and compares, which finds state outside of snapshots. */
  readonly pure: boolean;
}

/** What a run came to, before it is put into words. */
export interface Execution {
  readonly summary: EvaluationSummary;
  /** Findings of the run itself: crash, stall, interruption. Those of properties are in `summary`. */
  readonly findings: readonly Finding[];
  readonly complete: boolean;
  readonly hashes: TraceHashes;
  /** The hash of the trace as it would be without its header: equal for scenarios that made no difference. */
  readonly traceWithoutHeader: string;
  readonly events: number;
  readonly messages: number;
  readonly virtualUs: Micros;
  readonly wallSeconds: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly bytesByKind: Readonly<Record<string, number>>;
  readonly activeFaults: readonly string[];
  readonly outcome: Outcome;
  readonly blobBytesPeak: number;
  /** Most events that waited in the queue at the end of a slice. */
  readonly pendingPeak: number;
  readonly data: Prepared['data'];
  /** What led to an event, nearest first. */
  readonly ancestors: (sequence: number, count: number) => readonly Cause[];
}

/** Runs a resolved scenario. Throws `SectionRefused` before anything has happened, and nothing after. */
export async function execute(scenario: ResolvedScenario, registry: Registry, ports: ExecutePorts): Promise<Execution> {
  return new RunningScenario(scenario, registry, ports).run();
}

type EndReason = Extract<Progress, { kind: 'done' }>['why'];

/** Why a run ended, as the end of a sentence. */
const endWords: Readonly<Record<EndReason, string>> = {
  concluded: 'every node that it waits for had finished',
  quiet: 'nothing more could happen',
  virtualTime: 'its virtual time was over',
  events: 'it had used up its events',
};

/** Slices are sized to this, so that signals and progress never wait long. */
const sliceSecondsMax = 0.02;
const firstSliceEvents = 500;

class RunningScenario {
  readonly #scenario: ResolvedScenario;
  readonly #ports: ExecutePorts;
  readonly #blobs: BlobStore;
  readonly #prepared: Prepared;
  readonly #writer: TraceWriter;
  readonly #evaluation: Evaluation;
  readonly #causes = new CauseRing();
  readonly #outcome: OutcomeWatch;
  readonly #world: SimWorld;
  readonly #began: number;
  readonly #findings: Finding[] = [];
  #pendingPeak = 0;

  constructor(scenario: ResolvedScenario, registry: Registry, ports: ExecutePorts) {
    this.#scenario = scenario;
    this.#ports = ports;
    this.#began = ports.wallSeconds();
    const { recorder, files, gunzip, sha256 = sha256Pure, signatures: scheme = ed25519Pure } = ports;
    const identities = new SimulatedIdentities({ seed: scenario.seed, sha256, scheme });
    const publicKeyOf = (node: NodeId): Uint8Array => identities.publicKeyOf(node);
    this.#blobs = new BlobStore(sha256);
    this.#prepared = prepare(scenario, registry, { files, gunzip, sha256, publicKeyOf }, this.#blobs);
    this.#writer = new TraceWriter({
      header: this.#header(),
      sha256,
      ...(recorder === undefined ? {} : { onSegment: (segment) => recorder.appendSegment(segment) }),
    });
    recorder?.openTrace((chain) => this.#writer.fileHead(chain));
    this.#evaluation = new Evaluation(evaluationOptions(scenario, registry));
    this.#outcome = new OutcomeWatch(scenario, registry, this.#prepared.sections);
    this.#world = this.#makeWorld(registry, new RememberingSigner(identities, sha256));
  }

  #header(): TraceHeader {
    // Paths differ between the scenario's own file and the resolved one; a role's name says enough.
    const { world: _, roles, ...scenario } = this.#scenario;
    const named = { ...scenario, roles: Object.keys(roles) } as unknown as Value;
    const nodes = inIdOrder(this.#prepared.specifications.map(({ id }) => id));
    return { scenario: named, seed: scenario.seed, nodes, data: this.#prepared.data };
  }

  #makeWorld(registry: Registry, signer: SignerPort): SimWorld {
    const { seed, salt, weather, faults, reseed, virtualTimeMaxUs, eventsMax } = this.#scenario;
    return new SimWorld({
      seed, salt, weather, faults, reseed, virtualTimeMaxUs, eventsMax,
      nodes: this.#prepared.specifications,
      tasks: registry.tasks,
      runner: this.#ports.runnerFor(this.#blobs),
      blobs: this.#blobs,
      signer,
      pinned: this.#prepared.pinned,
      watcher: this.#watcher(),
      pure: this.#ports.pure,
    });
  }

  #watcher(): Watcher {
    const writer = this.#writer;
    const { recorder } = this.#ports;
    const watcher: Watcher = {
      kinds: recordKinds,
      get sequence() { return writer.sequence; },
      append: (kind, at, node, first, second) => writer.appendParts(kind as RecordKind, at, node, first, second),
      observe: (observation) => this.#observe(observation),
      watches: (kind) => this.#evaluation.watches(kind),
      cause: (sequence, at, node, event, cause) => this.#causes.note(sequence, at, node, event, cause),
    };
    if (recorder === undefined) return watcher;
    return {
      ...watcher,
      get sequence() { return writer.sequence; },
      journal: (sequence, node, { at, mono, dice, event }) => recorder.appendInput({ sequence, at, mono, node, dice, event }),
    };
  }

  #observe(observation: Observation): void {
    this.#evaluation.observe(observation);
    this.#outcome.observe(observation);
    this.#ports.recorder?.observe(observation);
    this.#ports.watch?.observe(observation, this.#world.counters);
  }

  async run(): Promise<Execution> {
    this.#progress();
    const end = await this.#loop();
    const { now } = this.#world;
    const sequence = Math.max(0, this.#writer.sequence - 1);
    const summary = this.#evaluation.finish({ sequence, at: now, complete: end.complete, because: end.because });
    const { counters } = this.#world;
    const hashes = this.#writer.finish();
    return {
      summary,
      findings: this.#findings,
      complete: end.complete,
      hashes,
      traceWithoutHeader: this.#writer.hashWithoutHeader,
      events: counters.inputs,
      messages: counters.messages,
      virtualUs: now,
      wallSeconds: this.#ports.wallSeconds() - this.#began,
      rejected: Object.fromEntries(counters.rejected),
      bytesByKind: Object.fromEntries(counters.bytesByKind),
      activeFaults: this.#world.activeFaults(),
      outcome: this.#outcome.end(this.#blobs),
      blobBytesPeak: this.#blobs.residentBytesPeak,
      pendingPeak: this.#pendingPeak,
      data: this.#prepared.data,
      ancestors: (event, count) => this.#causes.ancestors(event, count),
    };
  }

  /** Advances until the world is done; every way to end early becomes a finding. */
  async #loop(): Promise<{ complete: boolean; because: string }> {
    const { signal, wallSeconds, yieldTurn, watched = (slice) => slice() } = this.#ports;
    let sliceEvents = firstSliceEvents;
    try {
      this.#world.begin();
    } catch (error) {
      return this.#crashed(error);
    }
    for (;;) {
      if (signal.aborted) return this.#interrupted();
      const from = wallSeconds();
      let progress: Progress;
      try {
        progress = watched(() => this.#world.advance(sliceEvents));
        if (progress.kind === 'waiting') await orAborted(progress.job.ready(), signal);
      } catch (error) {
        return this.#crashed(error);
      }
      this.#pendingPeak = Math.max(this.#pendingPeak, this.#world.pending);
      this.#progress();
      if (progress.kind === 'done') return this.#done(progress.why);
      if (progress.kind === 'waiting') continue;
      const seconds = wallSeconds() - from;
      sliceEvents = seconds > sliceSecondsMax ? Math.max(50, Math.floor(sliceEvents / 2)) : Math.min(50_000, sliceEvents + 500);
      await yieldTurn();
    }
  }

  #finding(verdict: Finding['class'], message: string, node: string): void {
    const event = Math.max(0, this.#writer.sequence - 1);
    this.#findings.push({ class: verdict, property: '', at: this.#world.now, node, event, message, facts: [] });
  }

  #interrupted(): { complete: boolean; because: string } {
    this.#finding('interrupted', 'the run was interrupted before its end', '');
    return { complete: false, because: 'it was interrupted' };
  }

  /** Whatever is thrown during a run is a programmer's error: of a role, a task, or of Orrery. */
  #crashed(error: unknown): { complete: boolean; because: string } {
    const known = error instanceof InvariantViolation;
    const node = known ? String(error.context['node'] ?? '') : '';
    const unavailable = error instanceof Error && (error as { kind?: unknown }).kind === 'unavailable';
    const words = known || unavailable ? error.message : `${wordsOfThrown(error)}${placeOfThrown(error)}`;
    this.#finding(unavailable ? 'invalid' : 'crash', words, node);
    return { complete: false, because: 'it crashed' };
  }

  #done(why: EndReason): { complete: boolean; because: string } {
    const unfinished = this.#world.unfinished();
    if (why !== 'concluded' && unfinished.length > 0) {
      this.#finding('stalled', `${unfinished.join(', ')} had not finished when ${endWords[why]}`, unfinished[0]!);
    }
    return { complete: true, because: endWords[why] };
  }

  #progress(): void {
    const { inputs } = this.#world.counters;
    const { round, rounds, measures } = this.#outcome.progress();
    const wallSeconds = this.#ports.wallSeconds() - this.#began;
    this.#ports.onProgress({ virtualUs: this.#world.now, events: inputs, wallSeconds, round, rounds, measures });
  }
}

/** Waits for a promise, or for the signal if that comes first. */
function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
