import { execFileSync } from 'node:child_process';
import { defineConfig, type UserConfig } from 'tsdown';

const INQUIRER = /[\\/]node_modules[\\/]inquirer[\\/]/;
const PROMPTS = '\0none of the prompts of inquirer';
const NAMES = 'input select number confirm rawlist expand checkbox password editor search'.split(' ');

/**
 * Every prompt of ours is registered with inquirer in the place of its own (src/ui/prompts/run.ts). What it brings would
 * be 350 KB that each start reads, most of them tables of character sets for the one that opens an editor.
 */
const withoutPrompts: NonNullable<UserConfig['plugins']> = {
  name: 'without-prompts',
  resolveId: (id: string, importer: string | undefined) =>
    id === '@inquirer/prompts' && importer !== undefined && INQUIRER.test(importer) ? PROMPTS : undefined,
  load: (id: string) =>
    id === PROMPTS
      ? `${NAMES.map((name) => `export const ${name} = undefined;`).join('\n')}
export { Separator } from '@inquirer/core';`
      : undefined,
};

/**
 * dist/main.js loads dist/app.cjs, which is small and loads the rest when used: `--send` needs neither inquirer nor the
 * menus. Everything is bundled (imports of one file are several times faster than of hundreds) but the SQLite driver,
 * which finds its native part beside its own files. CommonJS, since only that can be kept compiled: src/app/chunks.ts.
 */
const shared: UserConfig = {
  platform: 'node',
  target: 'node20',
  minify: true,
  sourcemap: false,
  dts: false,
  plugins: [withoutPrompts],
  clean: true,
  deps: {
    alwaysBundle: [/^(?!node:|@photostructure\/)/],
    neverBundle: [/^@photostructure\//],
    onlyBundle: false,
  },
};

export default defineConfig([
  { ...shared, entry: ['src/main.ts'], format: 'esm', fixedExtension: false },
  {
    ...shared,
    entry: ['src/app.ts'],
    format: 'cjs',
    onSuccess: async () => {
      execFileSync(process.execPath, ['scripts/code-cache.js', 'dist'], { stdio: 'inherit' });
    },
  },
]);
