/**
 * Computation in virtual time.
 *
 * A task's duration comes from a device model, not from the machine at hand; its result is not
 * needed before its due time, so it is begun at once on whatever threads the pool has and joined
 * when it is due. The order of events never depends on which thread was faster.
 */
import type { ComputeCommand } from '../../kernel/contract.ts';
import { assert } from '../../kernel/assert.ts';
import type { Value } from '../../kernel/codec.ts';
import { drawUniform, logNormal, purposes } from '../../kernel/draws.ts';
import type { NodeId } from '../../kernel/ids.ts';
import { limits } from '../../kernel/limits.ts';
import { microsPerSecond } from '../../kernel/time.ts';
import type { Micros } from '../../kernel/time.ts';
import type { TaskDefinition } from '../../kernel/tasks.ts';
import type { DeviceWeather } from '../../host/weather.ts';
import type { Chance } from './chance.ts';

/** The answer of a task: its result, or why it was refused. */
export type TaskAnswer = { readonly result: Value } | { readonly refused: string };

/** One task under way somewhere. */
export interface Job {
  /** The answer once it is there. Large results are in the world's blob store by then. */
  answer(): TaskAnswer | undefined;
  /** Resolves when `answer` has one, or rejects when the pool has failed. */
  ready(): Promise<void>;
}

/** Whoever runs tasks: threads, this thread, a cache. */
export interface TaskRunner {
  begin(task: TaskDefinition, input: Value): Job;
}

interface UnderWay {
  readonly command: ComputeCommand;
  readonly job: Job;
}

export class SimCompute {
  readonly #weather: DeviceWeather;
  readonly #chance: Chance;
  readonly #tasks: ReadonlyMap<string, TaskDefinition>;
  readonly #runner: TaskRunner;
  readonly #underWay = new Map<string, UnderWay>();
  readonly #perNode = new Map<NodeId, number>();
  readonly #speeds = new Map<NodeId, number>();

  constructor(weather: DeviceWeather, chance: Chance, tasks: ReadonlyMap<string, TaskDefinition>, runner: TaskRunner) {
    this.#weather = weather;
    this.#chance = chance;
    this.#tasks = tasks;
    this.#runner = runner;
  }

  /** A node's own speed: nodes differ, and a node keeps its speed for the whole run. */
  #flopsPerSecond(node: NodeId): number {
    const { flopsPerSecond, sigma } = this.#weather;
    let speed = this.#speeds.get(node);
    if (speed === undefined) {
      speed = logNormal(drawUniform(this.#chance.standing(`${node} device`), purposes.device), flopsPerSecond, sigma);
      this.#speeds.set(node, speed);
    }
    return speed;
  }

  /** Begins a task and returns its virtual duration. */
  begin(node: NodeId, incarnation: number, command: ComputeCommand, slowFactor: number): Micros {
    const task = this.#tasks.get(command.task);
    assert(task !== undefined, () => `${node} asked for the task "${command.task}", which nobody defined`);
    const id = jobId(node, incarnation, command.task, command.key);
    assert(!this.#underWay.has(id), () => `${node} asked for ${command.task} "${command.key}" while it was under way`);
    const count = (this.#perNode.get(node) ?? 0) + 1;
    assert(count <= limits.tasksPerNodeMax, () => `${node} has more than ${limits.tasksPerNodeMax} tasks under way`);
    this.#perNode.set(node, count);
    this.#underWay.set(id, { command, job: this.#runner.begin(task, command.input) });
    const seconds = (task.work(command.input) / this.#flopsPerSecond(node)) * slowFactor;
    return Math.max(1, Math.ceil(seconds * microsPerSecond));
  }

  /** The job that is due, which may not be ready yet; undefined when its node has died since. */
  due(node: NodeId, incarnation: number, task: string, key: string): Job | undefined {
    return this.#underWay.get(jobId(node, incarnation, task, key))?.job;
  }

  /** Takes the job that is due out; undefined when its node has died since. */
  finish(node: NodeId, incarnation: number, task: string, key: string): Job | undefined {
    const id = jobId(node, incarnation, task, key);
    const job = this.#underWay.get(id)?.job;
    if (job === undefined) return undefined;
    this.#underWay.delete(id);
    this.#perNode.set(node, this.#perNode.get(node)! - 1);
    return job;
  }

  /** Forgets what a dead incarnation had asked for. */
  abandon(node: NodeId): void {
    for (const id of this.#underWay.keys()) {
      if (id.startsWith(`${node}#`)) this.#underWay.delete(id);
    }
    this.#perNode.delete(node);
  }

  *values(): Generator<Value> {
    for (const { command } of this.#underWay.values()) yield command.input;
  }

  /** Pending tasks by key; a restored world computes them again. */
  save(): Value {
    return [...this.#underWay].map(([id, { command }]) => ({ id, task: command.task, key: command.key, input: command.input }));
  }

  load(saved: Value): void {
    this.#underWay.clear();
    this.#perNode.clear();
    for (const { id, task, key, input } of saved as unknown as { id: string; task: string; key: string; input: Value }[]) {
      const definition = this.#tasks.get(task);
      assert(definition !== undefined, `a checkpoint names the task "${task}", which nobody defined`);
      this.#underWay.set(id, { command: { type: 'compute', task, key, input }, job: this.#runner.begin(definition, input) });
      const node = id.slice(0, id.indexOf('#'));
      this.#perNode.set(node, (this.#perNode.get(node) ?? 0) + 1);
    }
  }
}

function jobId(node: NodeId, incarnation: number, task: string, key: string): string {
  return `${node}#${incarnation}/${task}/${key}`;
}
