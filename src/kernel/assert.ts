/**
 * Assertions of the house: a failed one is a programmer error, never an operating error.
 *
 * An `InvariantViolation` is caught in one place only, run/execute, where it becomes the verdict
 * `crash` with seed and step. Whatever a caller could meet in real life (a late message, a full
 * disk) is data instead, and never thrown from here.
 */

/** Thrown when the program contradicts itself; `context` names who was at work. */
export class InvariantViolation extends Error {
  static override readonly name = 'InvariantViolation';
  override readonly name = 'InvariantViolation';
  readonly context: Readonly<Record<string, string | number>>;

  constructor(message: string, context: Readonly<Record<string, string | number>> = {}, options?: ErrorOptions) {
    super(message, options);
    this.context = context;
  }
}

/**
 * Requires `condition`; the message says what must hold, as a sentence. Where every event passes, a
 * message with values in it is given as a function, so that it is put together only for a failure.
 */
export function assert(
  condition: unknown,
  message: string | (() => string),
  context?: Readonly<Record<string, string | number>>,
): asserts condition {
  if (!condition) throw new InvariantViolation(typeof message === 'string' ? message : message(), context);
}

/** Marks a branch that the types exclude; reaching it is a bug. */
export function unreachable(value: never, what: string): never {
  throw new InvariantViolation(`unreachable ${what}: ${String(value)}`);
}

/** Requires a safe integer in [min, max] and returns it. */
export function assertInteger(value: number, title: string, min: number, max: number): number {
  assert(
    Number.isSafeInteger(value) && value >= min && value <= max,
    `"${title}" expected an integer in [${min}, ${max}], got ${value}`,
  );
  return value;
}

/** Requires that `value` is present and returns it. */
export function present<T>(value: T | undefined | null, what: string): T {
  assert(value !== undefined && value !== null, `${what} is missing`);
  return value;
}
