/** A web server on this machine that answers as a test tells it, and remembers what it was asked. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface FileServer {
  readonly url: string;
  /** Header `range` of each request so far, or "whole". */
  readonly asked: string[];
  /** Breaks every open connection. */
  readonly cut: () => void;
}

/** Starts a server whose n-th request gets the n-th answer, and every later one the last. */
export async function serve(...answers: readonly Answer[]): Promise<FileServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.range ?? 'whole');
    answers[Math.min(asked.length, answers.length) - 1]!(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked, cut: () => server.closeAllConnections() };
}

/** The whole file, or the rest that was asked for where the version is still that of `etag`. */
export function file(bytes: Uint8Array, etag: string): Answer {
  return (request, response) => {
    const range = /^bytes=(\d+)-$/u.exec(request.headers.range ?? '');
    if (range === null || request.headers['if-range'] !== etag) {
      response.writeHead(200, { etag, 'content-length': bytes.length }).end(bytes);
      return;
    }
    const first = Number(range[1]);
    const contentRange = `bytes ${first}-${bytes.length - 1}/${bytes.length}`;
    response.writeHead(206, { etag, 'content-range': contentRange, 'content-length': bytes.length - first }).end(bytes.subarray(first));
  };
}

/** Promises the whole file, sends so many bytes and waits: for `cut`, once they have arrived. */
export function beginning(count: number, bytes: Uint8Array, headers: Readonly<Record<string, string>>): Answer {
  return (_request, response) => {
    response.writeHead(200, { ...headers, 'content-length': bytes.length });
    response.write(bytes.subarray(0, count));
  };
}

/** An answer without a body. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => response.writeHead(code, headers).end();
}
