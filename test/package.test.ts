/**
 * The package as others get it: packed, unpacked into somebody else's project, and run from there.
 *
 * Dependencies are linked from this checkout, because no test reaches a registry.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'orrery-project-'));
const installed = join(project, 'node_modules', 'orrery');

/** A role of somebody's own, written against the package's public paths. */
const role = `
import { act, defineRole, record, roleSetup } from 'orrery/actors/define';
import { satisfied } from 'orrery/kernel/properties';
import { defineProtocol } from 'orrery/protocols/define';

const ticked = { name: 'a clock ticked', kind: 'sometimes' as const, watches: ['tick'], start: () => null, observe: () => satisfied };
const protocol = defineProtocol({
  name: 'ticking', about: 'Ticks.', version: 1, transport: 'stream', tolerates: { crash: 'all', byzantine: 'all' },
  messages: [], records: { tick: 'a clock ticked' }, invariants: [], phrases: [ticked], measures: [],
});
type Context = { readonly ticks: number };
const tick = act<Context, { type: string }>(({ context }) => ({
  context: { ticks: context.ticks + 1 }, commands: [record('tick', { ticks: context.ticks + 1 })],
}));
export default defineRole({
  name: 'ticker', about: 'Ticks three times.', protocols: [protocol], knows: [], tasks: [], concludes: true,
  machine: roleSetup<Context, { type: string }>()
    .extend({ guards: { enough: ({ context }) => context.ticks >= 3 }, delays: { second: 1_000 } })
    .createMachine({
      context: { ticks: 0 }, initial: 'ticking',
      states: {
        ticking: { after: { second: [{ guard: 'enough', target: 'done' }, { target: 'ticking', reenter: true, actions: tick }] } },
        done: { type: 'final' },
      },
    }),
});
`;

const scenario = `
name: ticking
about: A clock ticks in somebody else's project.
nodes: { ticker: 2 }
roles: { ticker: ./ticker.ts }
expect:
  - sometimes: a clock ticked
`;

describe('the packed package', () => {
  beforeAll(() => {
    execFileSync('npm', ['pack', '--silent', '--pack-destination', project], { cwd: root, stdio: 'pipe' });
    const tarball = readdirSync(project).find((name) => name.endsWith('.tgz'))!;
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', ['-xzf', join(project, tarball), '--strip-components=1', '-C', installed]);
    for (const name of readdirSync(join(root, 'node_modules'))) {
      if (name !== 'orrery' && !name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
    }
    writeFileSync(join(project, 'package.json'), '{ "name": "somebody", "type": "module" }\n');
    writeFileSync(join(project, 'ticker.ts'), role);
    writeFileSync(join(project, 'ticking.yaml'), scenario);
    cpSync(join(root, 'scenarios'), join(project, 'scenarios'), { recursive: true });
  }, 120_000);

  afterAll(() => rmSync(project, { recursive: true, force: true }));

  test('holds built code and no sources, tests or machine paths', () => {
    const held = ['LICENSE', 'README.md', 'bin', 'dist', 'package.json', 'scenarios'];
    expect(readdirSync(installed)).toEqual(expect.arrayContaining(held));
    expect(readdirSync(installed)).not.toContain('src');
    expect(readdirSync(installed)).not.toContain('test');
  });

  test('runs a role and a scenario of the project that installed it', () => {
    const { status, stdout, stderr } = run('run', 'ticking.yaml', '--quiet');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^verdict=pass scenario=ticking seed=1 world=sim trace=[0-9a-f]{64} /u);
    expect(status).toBe(0);
    // The page is drawn from the packed specifications and the installed bundle of vega.
    const report = readFileSync(join(project, 'runs', 'ticking', '1', 'report.html'), 'utf8');
    expect(report).toContain('id="chart-observations"');
    expect(run('report', 'latest', '--out', 'again.html').status).toBe(0);
    // Made anew it executes no role file, so what the foreign role records goes without its description.
    expect(readFileSync(join(project, 'again.html'), 'utf8')).toContain('id="chart-observations"');
  });

  test('runs a scenario that ships, with compute threads', () => {
    const { status, stdout } = run('run', 'scenarios/kill-five-workers.yaml', '--quiet', '--set', 'training.rounds=6');
    expect(stdout).toMatch(/^verdict=pass scenario=kill-five-workers /u);
    expect(status).toBe(0);
  }, 60_000);
});

function run(...words: string[]) {
  return spawnSync(process.execPath, [join(installed, 'bin', 'orrery.mjs'), ...words], { cwd: project, encoding: 'utf8' });
}
