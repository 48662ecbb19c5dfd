/**
 * The safetensors file format, read strictly (huggingface/safetensors, "Format" in its README; limits as
 * in its safetensors/src/tensor.rs).
 *
 * The file may come from anywhere, so nothing is taken on trust: names are unique, tensors fill the
 * data section without holes or overlaps, shapes have as many values as bytes say, and what is not
 * float32 is refused rather than converted, because a conversion would make other weights of a model.
 */
import { compareText } from '../../kernel/ids.ts';
import { floatsOfBytes } from '../floats.ts';
import type { Metadata, NamedTensor } from './safetensors.ts';

/** Bytes that are no safetensors file of float32, in words. */
export class SafetensorsRefused extends Error {
  static override readonly name = 'SafetensorsRefused';
  override readonly name = 'SafetensorsRefused';
}

export interface SafetensorsFile {
  /** In name order. */
  readonly tensors: readonly NamedTensor[];
  readonly metadata: Metadata;
}

const lengthBytes = 8;
/** The reference implementation's bound on a header. */
const headerBytesMax = 100_000_000;
const metadataName = '__metadata__';
/** Types of the format that this reader knows by name and does not read. */
const otherTypes: ReadonlySet<unknown> = new Set(
  'BOOL F4 F6_E2M3 F6_E3M2 U8 I8 F8_E5M2 F8_E4M3 F8_E8M0 I16 U16 F16 BF16 I32 U32 F64 I64 U64 C64'.split(' '),
);

/** Longer names of a file are cut where they are quoted. */
const quotedMax = 60;

/** A name of a file as it stands in messages. */
export function quotedName(name: string): string {
  return JSON.stringify(name.length > quotedMax ? `${name.slice(0, quotedMax)}…` : name);
}

function refuse(reason: string): never {
  throw new SafetensorsRefused(reason);
}

/** The tensors and the metadata of a file. Throws `SafetensorsRefused`. */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const header = headerOf(bytes);
  const data = bytes.subarray(lengthBytes + header.bytes);
  const placed = Object.entries(header.entries)
    .filter(([name]) => name !== metadataName)
    .map(([name, entry]) => placedTensor(name, entry));
  requireNoHoles(placed, data.length);
  const tensors = placed.map(({ name, shape, begin, end }) => ({ name, shape, values: floatsOfBytes(data.subarray(begin, end)) }));
  tensors.sort((a, b) => compareText(a.name, b.name));
  return { tensors, metadata: metadataOf(header.entries[metadataName]) };
}

interface Header {
  readonly bytes: number;
  readonly entries: Readonly<Record<string, unknown>>;
}

function headerOf(bytes: Uint8Array): Header {
  if (bytes.length < lengthBytes) refuse(`${bytes.length} bytes are fewer than the length of a header`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes).getBigUint64(0, true);
  if (length > BigInt(headerBytesMax)) refuse(`a header of ${length} bytes is longer than the ${headerBytesMax} of the format`);
  const headerBytes = Number(length);
  if (headerBytes > bytes.length - lengthBytes) {
    refuse(`the file is cut short: its header has ${headerBytes} bytes, and ${bytes.length - lengthBytes} are there`);
  }
  const text = headerText(bytes.subarray(lengthBytes, lengthBytes + headerBytes));
  if (!text.startsWith('{')) refuse('the header does not begin with "{"');
  const json = text.slice(0, text.lastIndexOf('}') + 1);
  if (json.length + trailingSpaces(text) !== text.length) refuse('the header is padded with something else than spaces');
  const entries = parsedJson(json);
  requireUniqueNames(json);
  return { bytes: headerBytes, entries };
}

function headerText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('the header is no UTF-8 text');
  }
}

/** Counted from the end: a pattern would begin anew at every space of a hostile header. */
function trailingSpaces(text: string): number {
  let spaces = 0;
  while (spaces < text.length && text[text.length - 1 - spaces] === ' ') spaces += 1;
  return spaces;
}

/** A text that begins with "{" and parses is an object. */
function parsedJson(json: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    return refuse('the header is no JSON');
  }
}

/**
 * JSON.parse keeps the last of two equal names in silence. The text is known to be valid JSON, so a text in it
 * is a name where a colon follows. It is read in one pass by hand: a pattern that repeats a choice for every
 * character of a text runs out of stack on a long one.
 */
function requireUniqueNames(json: string): void {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '{') open.push(new Set());
    else if (character === '}') open.pop();
    if (character !== '"') continue;
    const end = endOfText(json, at);
    if (isFollowedByColon(json, end)) noteName(open.at(-1)!, json.slice(at, end));
    at = end - 1;
  }
}

/** The place behind the text that begins at a quotation mark. */
function endOfText(json: string, begin: number): number {
  let at = begin + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isFollowedByColon(json: string, from: number): boolean {
  let at = from;
  while (' \n\r\t'.includes(json[at]!)) at += 1;
  return json[at] === ':';
}

function noteName(names: Set<string>, name: string): void {
  const plain = JSON.parse(name) as string;
  if (names.has(plain)) refuse(`the header has two entries called ${quotedName(plain)}`);
  names.add(plain);
}

interface PlacedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Place in the data section, in bytes. */
  readonly begin: number;
  readonly end: number;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function placedTensor(name: string, entry: unknown): PlacedTensor {
  const called = `tensor ${quotedName(name)}`;
  if (typeof entry !== 'object' || entry === null) refuse(`${called} is described by no object`);
  const { dtype, shape, data_offsets: offsets, ...others } = entry as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) refuse(`${called} has an unknown field ${quotedName(unknown)}`);
  if (otherTypes.has(dtype)) refuse(`${called} holds ${String(dtype)}; only F32 is read, so convert it first`);
  if (typeof dtype !== 'string') refuse(`${called} has no type`);
  if (dtype !== 'F32') refuse(`${called} has an unknown type ${quotedName(dtype)}`);
  if (!Array.isArray(shape) || !shape.every(isCount)) refuse(`${called} has no shape of whole numbers`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) refuse(`${called} has no pair of offsets`);
  const [begin, end] = offsets as [number, number];
  const count = (shape as number[]).reduce((product, side) => product * side, 1);
  if (end - begin !== 4 * count) {
    refuse(`${called} has the shape [${shape.join(', ')}], which is ${4 * count} bytes, and offsets ${begin} to ${end}`);
  }
  return { name, shape: shape as number[], begin, end };
}

function requireNoHoles(tensors: readonly PlacedTensor[], dataBytes: number): void {
  let end = 0;
  for (const tensor of tensors.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    const what = tensor.begin > end ? 'a hole' : 'an overlap';
    if (tensor.begin !== end) refuse(`there is ${what} before tensor ${quotedName(tensor.name)}`);
    end = tensor.end;
  }
  if (end > dataBytes) refuse(`the file is cut short: its tensors have ${end} bytes, and ${dataBytes} are there`);
  if (end < dataBytes) refuse(`there are ${dataBytes - end} bytes behind the last tensor`);
}

function metadataOf(entry: unknown): Metadata {
  if (entry === undefined) return {};
  const isText = typeof entry === 'object' && entry !== null && Object.values(entry).every((value) => typeof value === 'string');
  return isText ? (entry as Metadata) : refuse(`"${metadataName}" maps names to something else than text`);
}
