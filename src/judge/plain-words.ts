/**
 * Small pieces of text for people: what must not reach a terminal raw, counted nouns, and the words
 * of a command to paste.
 *
 * Texts that came from outside (names, keys and values of a scenario) go through `printable` before
 * they stand in a message. Nothing here decides anything.
 */

/** The text with control characters replaced: they would move a terminal's cursor or colours. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\uFFFD');
}

/** `1 fault`, `2 faults`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A word as a shell reads it back: quoted when it holds anything but harmless characters. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_./:=%@,+-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
