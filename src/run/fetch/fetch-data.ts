/**
 * A known data file into a data folder: downloaded, checked against its checksum, and only then given its name.
 *
 * A file that has the name already is left alone, whatever is in it. Wrong bytes are deleted and said.
 */
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toHex } from '../../kernel/bytes.ts';
import { isPublished } from '../data-catalogue.ts';
import type { KnownDataFile } from '../data-catalogue.ts';
import { sha256Node } from '../sha256-node.ts';
import { download, DownloadRefused } from './download.ts';
import type { DownloadRequest } from './download.ts';

export interface FetchOptions extends Pick<DownloadRequest, 'signal' | 'onProgress' | 'onRetry'> {
  /** The data folder; it is made where it does not exist. */
  readonly folder: string;
  /** A mirror that has the files under their names in a data folder; the publishers where undefined. */
  readonly mirror?: string;
  /** How patient a download is; tests are less. */
  readonly patience?: Pick<DownloadRequest, 'attemptsMax' | 'retryMs' | 'silenceMsMax'>;
}

export type Fetched = 'fetched' | 'there already';

const usualPatience = { attemptsMax: 6, retryMs: 1_000, silenceMsMax: 30_000 } as const;

/** How much longer than its publisher's a file may be that was packed again. */
const slackBytes = 65_536;

/** Fetches one file. Throws `DownloadRefused` in words, or `DownloadInterrupted`. */
export async function fetchDataFile(file: KnownDataFile, options: FetchOptions): Promise<Fetched> {
  const path = join(options.folder, file.name);
  const there = await readFile(path).catch(nothingThere);
  if (there !== undefined) {
    if (isPublished(file, there)) return 'there already';
    throw new DownloadRefused(`${path} is there already and is not the published file: move it away first`);
  }
  await makeFolder(dirname(path));
  const part = `${path}.part`;
  const url = options.mirror === undefined ? file.url : `${options.mirror.replace(/\/+$/u, '')}/${file.name}`;
  const { signal, onProgress, onRetry } = options;
  await download({ url, part, bytesMax: file.bytes + slackBytes, ...(options.patience ?? usualPatience), signal, onProgress, onRetry });
  const bytes = await readFile(part);
  await rm(`${part}.etag`, { force: true });
  if (isPublished(file, bytes)) {
    await rename(part, path);
    return 'fetched';
  }
  await rm(part);
  const [published] = file.sha256;
  throw new DownloadRefused(
    `${url} is not the published file and was deleted: its SHA-256 is ${toHex(sha256Node(bytes))}, and ${published} was expected`,
  );
}

function nothingThere(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return;
  throw new DownloadRefused(`${error.path ?? 'a file'} cannot be read: ${error.code}`);
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new DownloadRefused(`the folder ${folder} cannot be made: ${(error as NodeJS.ErrnoException).code}`);
  }
}
