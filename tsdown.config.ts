import { defineConfig } from 'tsdown';

/**
 * dist/main.js is small and loads the rest when used: `--send` needs neither inquirer nor the menus.
 * Everything is bundled (imports of one file are several times faster than of hundreds) but the SQLite
 * driver, which finds its native part beside its own files.
 */
export default defineConfig({
  entry: ['src/main.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  fixedExtension: false,
  minify: true,
  sourcemap: false,
  dts: false,
  clean: true,
  deps: {
    alwaysBundle: [/^(?!node:|@photostructure\/)/],
    neverBundle: [/^@photostructure\//],
    onlyBundle: false,
  },
});
