/** A command that cannot be served, in words for the user; ends with exit code 2 and no stack trace. */
export class CommandRefused extends Error {
  static override readonly name = 'CommandRefused';
  override readonly name = 'CommandRefused';
}
