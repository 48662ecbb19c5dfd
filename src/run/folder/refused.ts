/**
 * A run folder that cannot be written or read: an operating error, in words.
 *
 * Its message is one sentence for a person and names the path; the command line prints it alone and
 * exits with 2. The system's own error stays reachable as `cause`.
 */

export class FolderRefused extends Error {
  static override readonly name = 'FolderRefused';
  override readonly name = 'FolderRefused';
  readonly path: string;

  constructor(message: string, path: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.path = path;
  }
}

const wordsByCode: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is a file',
  EISDIR: 'it is a directory',
  ENOENT: 'it does not exist',
  EEXIST: 'something of that name exists already',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links form a circle',
  EMFILE: 'too many files are open',
};

/** Runs a file operation; what the system refuses becomes a `FolderRefused` about `path`. */
export function orRefuse<Result>(doing: string, path: string, operation: () => Result): Result {
  try {
    return operation();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // Without a system error code it is a bug of ours, which must not look like a full disk.
    if (code === undefined || error instanceof FolderRefused) throw error;
    throw new FolderRefused(`cannot ${doing} ${path}: ${wordsByCode[code] ?? `the system says ${code}`}`, path, error);
  }
}
