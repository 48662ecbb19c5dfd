/**
 * One file over HTTP into `PATH.part`: resumed where it can be, bounded in length, repeated a few times.
 *
 * What has arrived stays in the part with the server's validator beside it (`PATH.part.etag`), so that a
 * later attempt, or a later process, asks for the rest only, and only of the same version (RFC 9110, §14.2
 * Range, §13.1.5 If-Range, which wants a strong validator). A server that answers with the whole file
 * begins it anew. Whether the bytes are the right ones is for the caller to check.
 */
import { open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** A download that cannot succeed, or did not in all attempts: words for the user. */
export class DownloadRefused extends Error {
  static override readonly name = 'DownloadRefused';
  override readonly name = 'DownloadRefused';
}

/** Ended by the user; the part stays for the next time. */
export class DownloadInterrupted extends Error {
  static override readonly name = 'DownloadInterrupted';
  override readonly name = 'DownloadInterrupted';
}

export interface DownloadRequest {
  readonly url: string;
  /** The file that arrives; ends in ".part". */
  readonly part: string;
  /** No more than this is taken. */
  readonly bytesMax: number;
  readonly attemptsMax: number;
  /** The wait before the second attempt, in milliseconds; it doubles from attempt to attempt. */
  readonly retryMs: number;
  /** A connection that is silent for so long counts as broken. */
  readonly silenceMsMax: number;
  readonly signal: AbortSignal;
  /** Told how many bytes are there, and the length of the file where the server says it. */
  readonly onProgress: (bytes: number, total: number | undefined) => void;
  /** Told why an attempt failed that will be repeated. */
  readonly onRetry: (reason: string) => void;
}

/** An attempt that may go better the next time. */
class AttemptFailed extends Error {
  static override readonly name = 'AttemptFailed';
}

/** Brings the whole file into its part. Throws `DownloadRefused` or `DownloadInterrupted`. */
export async function download(request: DownloadRequest): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptOnce(request);
    } catch (error) {
      if (request.signal.aborted) throw new DownloadInterrupted('interrupted');
      if (!(error instanceof AttemptFailed)) throw error;
      if (attempt >= request.attemptsMax) {
        throw new DownloadRefused(`${request.url} could not be fetched in ${attempt} attempts: ${error.message}`);
      }
      request.onRetry(error.message);
    }
    await pause(request.retryMs * 2 ** (attempt - 1), request.signal);
  }
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(delayMs, undefined, { signal });
  } catch {
    throw new DownloadInterrupted('interrupted');
  }
}

async function attemptOnce(request: DownloadRequest): Promise<void> {
  const { url, part, bytesMax } = request;
  const known = await knownPart(part);
  const silence = new SilenceGuard(request.silenceMsMax, request.signal);
  try {
    const response = await answerTo(url, known, silence.signal);
    const begin = await beginningOf(response, known, request);
    const total = totalOf(response, begin);
    if (total !== undefined && total > bytesMax) {
      throw new DownloadRefused(`${url} has ${total} bytes, and at most ${bytesMax} were expected`);
    }
    const etag = response.headers.get('etag');
    // A weak validator, W/"…", does not say that the bytes are the same.
    if (etag?.startsWith('"') === true) await writeFile(validatorOf(part), etag);
    else await rm(validatorOf(part), { force: true });
    await store(response, begin, total, request, silence);
  } catch (error) {
    if (error instanceof DownloadRefused || error instanceof AttemptFailed) throw error;
    // Errors of the network hide their system call in a cause; one that shows it is of the disk.
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw new DownloadRefused(`${part} cannot be written: ${reasonOf(error)}`);
    throw new AttemptFailed(silence.ended ? `nothing came for ${request.silenceMsMax / 1_000} s` : reasonOf(error));
  } finally {
    silence.stop();
  }
}

const validatorOf = (part: string): string => `${part}.etag`;

interface KnownPart {
  /** Bytes that are there already and can be built on. */
  readonly bytes: number;
  readonly etag: string | undefined;
}

async function knownPart(part: string): Promise<KnownPart> {
  const bytes = await stat(part).then(({ size }) => size, () => 0);
  const etag = await readFile(validatorOf(part), 'utf8').catch(() => undefined);
  return etag === undefined || bytes === 0 ? { bytes: 0, etag: undefined } : { bytes, etag };
}

function answerTo(url: string, { bytes, etag }: KnownPart, signal: AbortSignal): Promise<Response> {
  // Packed on the way, lengths and ranges would be those of other bytes.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (etag !== undefined) Object.assign(headers, { range: `bytes=${bytes}-`, 'if-range': etag });
  return fetch(url, { headers, signal, redirect: 'follow' });
}

/** Statuses after which it is worth asking again (RFC 9110 §15.5.9, §15.6; RFC 6585 §4). */
const passing: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Where in the file the answer begins. */
async function beginningOf(response: Response, known: KnownPart, { url, part }: DownloadRequest): Promise<number> {
  const { status } = response;
  if (status === 200) return 0;
  if (status === 206 && rangeOf(response)?.first === known.bytes) return known.bytes;
  await response.body?.cancel();
  if (status === 206 || status === 416) {
    await rm(part, { force: true });
    throw new AttemptFailed('the server does not go on where the file was cut, so it is begun anew');
  }
  const words = `${status} ${printable(response.statusText)}`.trim();
  if (passing.has(status)) throw new AttemptFailed(`the server answered ${words}`);
  throw new DownloadRefused(`${url}: the server answered ${words}`);
}

/** What a server says, without what a terminal would obey; longer words than any server needs are cut. */
function printable(text: string): string {
  return text.replaceAll(/[^ -~]/gu, '').slice(0, 200);
}

/** `Content-Range: bytes 100-199/200`. */
function rangeOf(response: Response): { readonly first: number; readonly total: number | undefined } | undefined {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/u.exec(response.headers.get('content-range') ?? '');
  if (match === null) return undefined;
  return { first: Number(match[1]), total: match[2] === '*' ? undefined : Number(match[2]) };
}

/** The length of the whole file, where the server says it. */
function totalOf(response: Response, begin: number): number | undefined {
  if (response.status === 206) return rangeOf(response)?.total;
  const length = response.headers.get('content-length');
  return length === null ? undefined : begin + Number(length);
}

async function store(
  response: Response,
  begin: number,
  total: number | undefined,
  { url, part, bytesMax, onProgress }: DownloadRequest,
  silence: SilenceGuard,
): Promise<void> {
  const file = await open(part, begin === 0 ? 'w' : 'a');
  let bytes = begin;
  try {
    for await (const chunk of response.body ?? []) {
      silence.heard();
      bytes += chunk.length;
      if (bytes > bytesMax) throw new DownloadRefused(`${url} has more than the ${bytesMax} bytes that were expected`);
      await file.appendFile(chunk);
      onProgress(bytes, total);
    }
  } finally {
    await file.close();
  }
  if (total !== undefined && bytes < total) throw new AttemptFailed(`the connection ended after ${bytes} of ${total} bytes`);
}

/** The reason of an error of fetch, which hides it in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = (cause as NodeJS.ErrnoException).code;
  const words = printable(cause.message);
  return code === undefined || words.includes(code) ? words : `${words} (${code})`;
}

/** Ends a request when nothing was heard for too long, or when the user interrupts. */
class SilenceGuard {
  readonly #controller = new AbortController();
  readonly #silenceMsMax: number;
  readonly signal: AbortSignal;
  ended = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(silenceMsMax: number, interrupted: AbortSignal) {
    this.#silenceMsMax = silenceMsMax;
    this.signal = AbortSignal.any([this.#controller.signal, interrupted]);
    this.heard();
  }

  /** Something came: the time begins anew. */
  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.ended = true;
      this.#controller.abort();
    }, this.#silenceMsMax);
  }

  /** The attempt is over; what is left of an answer that was refused is not waited for. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }
}
