/**
 * The data files that Orrery knows: where each is published, its length, and its checksums.
 *
 * Lengths and checksums of MNIST and Fashion-MNIST are those of TensorFlow Datasets (tensorflow/datasets,
 * url_checksums/mnist.txt and url_checksums/fashion_mnist.txt, which for the latter belong to the MD5 sums
 * in the README of zalandoresearch/fashion-mnist). Those of the .xy files are of the files in the stated
 * commits of smartcorelib/smartcore, which publishes none. A file may have further checksums: gzip packs the
 * same bytes in many ways, and copies in repositories are often packed again.
 */
import { toHex } from '../kernel/bytes.ts';
import { sha256Node } from './sha256-node.ts';

export interface KnownDataFile {
  /** Its path under a data folder. */
  readonly name: string;
  readonly about: string;
  readonly url: string;
  readonly bytes: number;
  /** SHA-256 in hexadecimal, the publisher's first. */
  readonly sha256: readonly [string, ...string[]];
}

const mnist = 'https://storage.googleapis.com/cvdf-datasets/mnist';
const fashionMnist = 'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion';
const smartcore = 'https://raw.githubusercontent.com/smartcorelib/smartcore';

export const knownDataFiles: readonly KnownDataFile[] = [
  {
    name: 't10k-images-idx3-ubyte.gz',
    about: 'MNIST t10k, images',
    url: `${mnist}/t10k-images-idx3-ubyte.gz`,
    bytes: 1_648_877,
    sha256: [
      '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
      '167310007f03058885c7e95e6c0b19c20de5c7fd3031f4cbdadc9014a523d80b', // packed again, as in kelas/mnist
    ],
  },
  {
    name: 't10k-labels-idx1-ubyte.gz',
    about: 'MNIST t10k, labels',
    url: `${mnist}/t10k-labels-idx1-ubyte.gz`,
    bytes: 4_542,
    sha256: [
      'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
      'fc607395669ec21321ea83e4b82c0544b7e8e63ff5b34337c06bc0a17cc0da3c', // packed again, as in kelas/mnist
    ],
  },
  {
    name: 'train-images-idx3-ubyte.gz',
    about: 'MNIST, training images',
    url: `${mnist}/train-images-idx3-ubyte.gz`,
    bytes: 9_912_422,
    sha256: ['440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609'],
  },
  {
    name: 'train-labels-idx1-ubyte.gz',
    about: 'MNIST, training labels',
    url: `${mnist}/train-labels-idx1-ubyte.gz`,
    bytes: 28_881,
    sha256: ['3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c'],
  },
  {
    name: 'fashion-mnist/train-images-idx3-ubyte.gz',
    about: 'Fashion-MNIST, training images',
    url: `${fashionMnist}/train-images-idx3-ubyte.gz`,
    bytes: 26_421_880,
    sha256: ['3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84'],
  },
  {
    name: 'fashion-mnist/train-labels-idx1-ubyte.gz',
    about: 'Fashion-MNIST, training labels',
    url: `${fashionMnist}/train-labels-idx1-ubyte.gz`,
    bytes: 29_515,
    sha256: ['a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845'],
  },
  {
    name: 'fashion-mnist/t10k-images-idx3-ubyte.gz',
    about: 'Fashion-MNIST, test images',
    url: `${fashionMnist}/t10k-images-idx3-ubyte.gz`,
    bytes: 4_422_102,
    sha256: ['346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073'],
  },
  {
    name: 'fashion-mnist/t10k-labels-idx1-ubyte.gz',
    about: 'Fashion-MNIST, test labels',
    url: `${fashionMnist}/t10k-labels-idx1-ubyte.gz`,
    bytes: 5_148,
    sha256: ['67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5'],
  },
  {
    name: 'digits.xy',
    about: 'UCI optical digits',
    url: `${smartcore}/c3753c71f7eeb36ab02f02f179c9977d4be09032/src/dataset/digits.xy`,
    bytes: 467_236,
    sha256: ['59da24565482d2eafeef38bbb76be99d6eab56fe0a21a0676256efae85428fe6'],
  },
  {
    name: 'breast_cancer.xy',
    about: 'UCI breast cancer (WDBC)',
    url: `${smartcore}/7c013ddc35462697cbcf2becd6e6e49fe04d8a57/src/dataset/breast_cancer.xy`,
    bytes: 70_572,
    sha256: ['9023d3f42870dc02b019e87ca502f6c916a169485cc34d4189c67aee44a8f10b'],
  },
];

/** The known file of a name; undefined when there is none. */
export function knownDataFile(name: string): KnownDataFile | undefined {
  return knownDataFiles.find((file) => file.name === name);
}

/** Whether some bytes have one of the checksums of a file. */
export function isPublished({ sha256 }: KnownDataFile, bytes: Uint8Array): boolean {
  return sha256.includes(toHex(sha256Node(bytes)));
}
