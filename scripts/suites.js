// Every check and suite by name. A new suite is one line here, a project of the same name in
// vitest.config.ts, and a script in package.json.

/** @typedef {{ command?: string[], folder?: string, needs: string[], phase?: number, only?: string }} Suite */

/**
 * `command`: a program of node_modules with its arguments; without one, the suite is vitest's project of
 * this name, whose tests stand in `folder`. `needs`: steps of setup.js. `phase`: `npm test` runs suites of
 * one phase side by side and phases one after another; a suite without a phase runs only by name. `only`: what
 * `npm test` takes of it, a word in the names of its tests.
 * @type {Record<string, Suite>}
 */
export const suites = {
  format: { command: ['biome', 'ci', '--error-on-warnings'], needs: [], phase: 1 },
  imports: { command: ['../../scripts/check-imports.js'], needs: [], phase: 1 },
  types: { command: ['tsc', '-p', '.'], needs: [], phase: 1 },
  build: { command: ['tsdown', '--log-level', 'warn'], needs: [], phase: 1 },
  unit: { folder: 'test', needs: [], phase: 2 },
  server: { folder: 'test/server', needs: ['prosody', 'build'], phase: 2 },
  // Alone: it drives a terminal by the clock. Python plays a terminal that hangs up.
  terminal: { folder: 'test/terminal', needs: ['prosody', 'python', 'build'], phase: 3 },
  // By name, and in .ci/run: it wants other clients installed.
  interop: {
    folder: 'test/interop',
    needs: ['prosody', 'slixmpp', 'profanity', 'libpurple', 'libervia', 'gajim', 'dino'],
  },
  // By name, and in .ci/run: it sends many megabytes.
  files: { folder: 'test/files', needs: ['prosody', 'build'] },
  faults: { folder: 'test/faults', needs: ['prosody', 'build'], phase: 4, only: '(quick)' },
};
