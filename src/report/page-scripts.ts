/** The scripts of a page as text, ready to stand in one: vega's bundle from its package, digests, tags. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { html } from 'htm/preact';
import type { VNode } from 'preact';

/** vega for browsers, as its package ships it; it makes the global `vega`. */
export async function vegaScript(): Promise<string> {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('vega/vega-schema.json'));
  return safeInScript(await readFile(join(folder, 'vega.min.js'), 'utf8'));
}

/**
 * A program that cannot end its own element: `</script` and `<!--` stand only in texts and patterns of
 * a program, where the escaped forms mean the same.
 */
export function safeInScript(program: string): string {
  return program.replaceAll(/<(?=\/script|!--)/giu, String.raw`\x3c`);
}

/** How a Content-Security-Policy names an inline script (CSP level 3, §2.3.1). */
export function digestForPolicy(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}

/** The element of an inline script. */
export function inlineScript(script: string): VNode {
  return html`<script dangerouslySetInnerHTML=${{ __html: script }}></script>` as VNode;
}
