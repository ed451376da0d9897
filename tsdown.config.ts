import { execFileSync } from 'node:child_process';
import { defineConfig, type UserConfig } from 'tsdown';

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
