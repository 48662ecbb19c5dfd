#!/usr/bin/env node
/**
 * The launcher: makes sure that Orrery runs on Node 24 or later, and hands over to the command line.
 *
 * It is plain JavaScript, because the Node that starts it may be too old to read TypeScript. On an
 * older Node it runs itself again under the Node that npm installed next to Orrery, with the same
 * arguments, streams and signals, and ends as that process ended. It knows no verb and no flag.
 */
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const oldestMajor = 24;
const launcherPath = fileURLToPath(import.meta.url);
const majorOf = (version) => Number.parseInt(version, 10);

if (majorOf(process.versions.node) >= oldestMajor) {
  await runHere();
} else {
  const nodePath = findBundledNode();
  if (nodePath === undefined) {
    process.stderr.write(
      `Orrery needs Node ${oldestMajor} or later and this is ${process.version}: ` +
        'install it from https://nodejs.org, or run "npm install --include=optional", which brings its own.\n',
    );
    process.exitCode = 2;
  } else {
    await runUnder(nodePath);
  }
}

/** Runs the command line in this process; its return value is the exit code. */
async function runHere() {
  // Compiled code is kept between starts, which takes off about a third of the start-up time.
  module.enableCompileCache?.();
  const { main } = await import(pathToFileURL(commandLinePath()).href);
  process.exitCode = await main(process.argv.slice(2));
}

/** The sources in a checkout; the built files where Orrery is installed, as Node reads no .ts there. */
function commandLinePath() {
  const root = dirname(dirname(launcherPath));
  const source = join(root, 'src', 'cli', 'main.ts');
  const isInstalled = root.split(/[\\/]/u).includes('node_modules');
  return !isInstalled && existsSync(source) ? source : join(root, 'dist', 'cli', 'main.js');
}

/** The Node that the optional dependency `node` brought, own or hoisted; undefined if absent or too old. */
function findBundledNode() {
  try {
    const require = module.createRequire(import.meta.url);
    const manifestPath = require.resolve('node/package.json');
    if (majorOf(require(manifestPath).version) < oldestMajor) return undefined;
    const binary = join(dirname(manifestPath), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

/** Runs the same command under another Node and ends as it ends. */
async function runUnder(nodePath) {
  const { spawn } = await import('node:child_process');
  const { constants } = await import('node:os');
  const child = spawn(nodePath, [...process.execArgv, launcherPath, ...process.argv.slice(2)], { stdio: 'inherit' });
  // The child decides what a signal means, so this process must outlive it. A terminal sends Ctrl-C
  // to both processes by itself; passing it on as well would count as a second, impatient Ctrl-C.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`Orrery could not start its Node at ${nodePath}: ${error.message}\n`);
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code;
      return;
    }
    process.removeAllListeners(signal);
    // A parent sees the signal itself; the exit code stands in where a signal cannot be sent so.
    process.exitCode = 128 + (constants.signals[signal] ?? 0);
    process.kill(process.pid, signal);
  });
}
