/** The data files that Orrery knows, with the checksums by which `doctor` and runs recognise them. */

export interface KnownDataFile {
  readonly name: string;
  readonly about: string;
  /** In hexadecimal. */
  readonly sha256: string;
}

export const knownDataFiles: readonly KnownDataFile[] = [
  {
    name: 't10k-images-idx3-ubyte.gz',
    about: 'MNIST t10k, images',
    sha256: '167310007f03058885c7e95e6c0b19c20de5c7fd3031f4cbdadc9014a523d80b',
  },
  {
    name: 't10k-labels-idx1-ubyte.gz',
    about: 'MNIST t10k, labels',
    sha256: 'fc607395669ec21321ea83e4b82c0544b7e8e63ff5b34337c06bc0a17cc0da3c',
  },
];
