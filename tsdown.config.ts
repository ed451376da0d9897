import { defineConfig } from 'tsdown';

/** dist/main.js is small and loads the rest when used: `--send` needs neither inquirer nor the menus. */
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
  noExternal: (id) => !id.startsWith('node:') && !id.startsWith('@photostructure/'),
  loader: { '.sql': 'text' },
});
