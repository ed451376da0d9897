// Checks the direction of imports (.dependency-cruiser.mjs) for the `src` of a folder, by default this
// project's: `check-imports.js [FOLDER]`. Fails too if fewer files were read than `src` holds: a checker
// that does not understand the language reports no problem at all.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import rules from '../.dependency-cruiser.mjs';

const folder = process.argv[2] ?? '.';
process.chdir(folder);

const files = readdirSync('src', { recursive: true })
  .map((name) => join('src', String(name)).replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));

const { options, ...ruleSet } = rules;
const { output } = await cruise(['src'], { ...options, ruleSet, validate: true }, undefined, {
  tsConfig: extractTSConfig(fileURLToPath(new URL('../tsconfig.json', import.meta.url))),
});
const read = new Set(output.modules.map(({ source }) => source));
const unread = files.filter((name) => !read.has(name));

for (const { from, to, rule } of output.summary.violations) console.log(`${rule.name}: ${from} → ${to}`);
for (const name of unread) console.log(`not read: ${name}`);
const broken = output.summary.error + unread.length;
console.log(
  `${files.length - unread.length} of ${files.length} files read, ${output.summary.error} forbidden imports`,
);
process.exitCode = broken === 0 ? 0 : 1;
