/** Unpacks data files by node:zlib, with a bound on what may come out. */
import { gunzipSync } from 'node:zlib';

/** No data file of ours is larger when unpacked; a small file that claims more is hostile. */
const unpackedBytesMax = 1024 * 1024 * 1024;

/** The unpacked bytes. Throws what node:zlib throws for bytes that are no gzip file. */
export const gunzipData = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(gunzipSync(bytes, { maxOutputLength: unpackedBytesMax }));
