import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { download, DownloadInterrupted, DownloadRefused } from '../../../src/run/fetch/download.ts';
import type { DownloadRequest } from '../../../src/run/fetch/download.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { beginning, file, serve, status } from './file-server.ts';
import type { Answer } from './file-server.ts';

const bytes = Uint8Array.from({ length: 50_000 }, (_, index) => (index * 31) % 251);
const etag = '"first"';

/** Lengths at which a server's connections are cut, once so many bytes have arrived. */
const cuts: ReadonlySet<number> = new Set([20_000, 30_000]);

/** Downloads from a server with these answers. */
async function fetchFrom(answers: readonly Answer[], change: Partial<DownloadRequest> = {}) {
  const server = await serve(...answers);
  const part = join(temporaryFolder(), 'data.part');
  const retries: string[] = [];
  const request: DownloadRequest = {
    url: `${server.url}/data`, part, bytesMax: 60_000, attemptsMax: 3, retryMs: 1, silenceMsMax: 10_000,
    signal: new AbortController().signal, onProgress: (count) => cuts.has(count) && server.cut(),
    onRetry: (reason) => retries.push(reason), ...change,
  };
  const error: unknown = await download(request).then(() => undefined, (reason: unknown) => reason);
  const isFile = statSync(request.part, { throwIfNoEntry: false })?.isFile() ?? false;
  const arrived = isFile ? new Uint8Array(readFileSync(request.part)) : undefined;
  return { server, request, retries, error, arrived };
}

const words = (error: unknown): string => (error instanceof DownloadRefused ? error.message : `not refused: ${String(error)}`);

describe('a download', () => {
  it('brings the whole file', async () => {
    const told: (readonly [number, number | undefined])[] = [];
    const { error, arrived, server } = await fetchFrom([file(bytes, etag)], { onProgress: (...progress) => told.push(progress) });
    expect(error).toBeUndefined();
    expect(arrived).toEqual(bytes);
    expect(server.asked).toEqual(['whole']);
    expect(told.at(-1)).toEqual([50_000, 50_000]);
  });

  it('goes on where the connection broke', async () => {
    const { error, arrived, server, retries } = await fetchFrom([beginning(20_000, bytes, { etag }), file(bytes, etag)]);
    expect(error).toBeUndefined();
    expect(arrived).toEqual(bytes);
    expect(server.asked).toEqual(['whole', 'bytes=20000-']);
    expect(retries).toHaveLength(1);
  });

  it('goes on in another process', async () => {
    const first = await fetchFrom([beginning(30_000, bytes, { etag })], { attemptsMax: 1 });
    expect(words(first.error)).toMatch(/could not be fetched in 1 attempts/u);
    const second = await fetchFrom([file(bytes, etag)], { part: first.request.part });
    expect(second.server.asked).toEqual(['bytes=30000-']);
    expect(second.arrived).toEqual(bytes);
  });

  it('begins anew when the file has changed meanwhile', async () => {
    const changed = bytes.map((byte) => 255 - byte);
    const { arrived, server } = await fetchFrom([beginning(20_000, bytes, { etag }), file(changed, '"second"')]);
    expect(server.asked).toEqual(['whole', 'bytes=20000-']);
    expect(arrived).toEqual(changed);
  });

  it('begins anew when the server ignores ranges, or has no strong validator', async () => {
    const whole: Answer = (_request, response) => response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    const ignoring = await fetchFrom([beginning(20_000, bytes, { etag }), whole]);
    expect(ignoring.arrived).toEqual(bytes);
    const weak = await fetchFrom([beginning(20_000, bytes, { etag: 'W/"weak"' }), whole]);
    expect(weak.server.asked).toEqual(['whole', 'whole']);
    expect(weak.arrived).toEqual(bytes);
  });

  it('begins anew when the server goes on elsewhere, or says that there is no rest', async () => {
    const elsewhere = status(206, { etag, 'content-range': 'bytes 7-49999/50000' });
    for (const odd of [elsewhere, status(416), status(206)]) {
      const { arrived, server } = await fetchFrom([beginning(20_000, bytes, { etag }), odd, file(bytes, etag)]);
      expect(server.asked).toEqual(['whole', 'bytes=20000-', 'whole']);
      expect(arrived).toEqual(bytes);
    }
  });

  it('asks again after errors that pass, and not after others', async () => {
    const passing = await fetchFrom([status(503), status(429), file(bytes, etag)]);
    expect(passing.arrived).toEqual(bytes);
    expect(passing.retries).toEqual(['the server answered 503 Service Unavailable', 'the server answered 429 Too Many Requests']);
    const gone = await fetchFrom([status(404), file(bytes, etag)]);
    expect(words(gone.error)).toMatch(/\/data: the server answered 404 Not Found$/u);
    expect(gone.server.asked).toEqual(['whole']);
    const never = await fetchFrom([status(500)]);
    expect(words(never.error)).toMatch(/could not be fetched in 3 attempts: the server answered 500/u);
    expect(never.server.asked).toHaveLength(3);
  });

  it('shows nothing that a terminal would obey', async () => {
    const { error } = await fetchFrom([(request) => request.socket.end('HTTP/1.1 404 \u{1b}[31mRed\u{7}\r\ncontent-length: 0\r\n\r\n')]);
    expect(words(error)).toMatch(/: the server answered 404 \[31mRed$/u);
  });

  it('follows redirects', async () => {
    const { arrived, server } = await fetchFrom([status(302, { location: '/moved' }), file(bytes, etag)]);
    expect(arrived).toEqual(bytes);
    expect(server.asked).toHaveLength(2);
    const circle = await fetchFrom([status(302, { location: '/data' })], { attemptsMax: 1 });
    expect(words(circle.error)).toMatch(/redirect/u);
  });

  it('takes no more than was expected, whatever the server says', async () => {
    const announced = await fetchFrom([file(bytes, etag)], { bytesMax: 40_000 });
    expect(words(announced.error)).toMatch(/has 50000 bytes, and at most 40000 were expected/u);
    const silent: Answer = (_request, response) => void response.writeHead(200).end(bytes); // In chunks, without a length.
    const unannounced = await fetchFrom([silent], { bytesMax: 40_000 });
    expect(words(unannounced.error)).toMatch(/more than the 40000 bytes/u);
    expect(unannounced.arrived!.length).toBeLessThanOrEqual(40_000);
  });

  it('gives up on a server that says nothing, and on one that is not there', async () => {
    const mute = await fetchFrom([() => undefined], { attemptsMax: 1, silenceMsMax: 50 });
    expect(words(mute.error)).toMatch(/nothing came for 0.05 s/u);
    const nobody = await fetchFrom([status(200)], { attemptsMax: 1, url: 'http://127.0.0.1:1/data' });
    expect(words(nobody.error)).toMatch(/could not be fetched in 1 attempts/u);
  });

  it('says when the disk does not take it', async () => {
    const part = join(temporaryFolder(), 'folder.part');
    mkdirSync(part);
    const { error } = await fetchFrom([file(bytes, etag)], { part });
    expect(words(error)).toMatch(/folder\.part cannot be written: EISDIR/u);
  });

  it('keeps the part when the user interrupts', async () => {
    const interruption = new AbortController();
    const endless: Answer = (_request, response) => {
      response.writeHead(200, { etag, 'content-length': bytes.length });
      response.write(bytes.subarray(0, 10_000));
    };
    const { error, arrived } = await fetchFrom([endless], {
      signal: interruption.signal, onProgress: (count) => count === 10_000 && interruption.abort(),
    });
    expect(error).toBeInstanceOf(DownloadInterrupted);
    expect(arrived).toEqual(bytes.subarray(0, 10_000));
  });

  it('does not build on a part of unknown origin', async () => {
    const part = join(temporaryFolder(), 'left.part');
    writeFileSync(part, 'left by somebody');
    const { arrived, server } = await fetchFrom([file(bytes, etag)], { part });
    expect(server.asked).toEqual(['whole']);
    expect(arrived).toEqual(bytes);
  });
});
