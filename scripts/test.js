// `npm test`: installs what is missing and runs every check. `npm run test:unit -- [WORDS]` and its like run
// one suite. Failures are printed last, and the last line is always `N passed, N failed`: vitest counts by
// test, every other check is one, a file that fails to load is one failed.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { faultTable } from './fault-table.js';
import { main, root, SetupError, setup } from './setup.js';
import { suites } from './suites.js';

/**
 * @typedef {{ name: string, passed: number, failed: number, failures: string[], output: string,
 *   tests?: { title: string, passed: boolean }[] }} Result
 */

/** The script behind a program of node_modules/.bin, which is a link on some systems and a shell file on others. */
function programOf(name) {
  if (name.startsWith('.')) return join(root, 'node_modules/.bin', name);
  const packages = { biome: '@biomejs/biome', tsc: 'typescript' };
  const require = createRequire(join(root, 'package.json'));
  const folder = packages[name] ?? name;
  const about = join(root, 'node_modules', folder, 'package.json');
  const { bin } = require(about);
  return join(dirname(about), typeof bin === 'string' ? bin : bin[name]);
}

/**
 * .ci/run sums up several runs, and wants their failures once more at its end: it names a file for them. The
 * tests must not inherit it, as some run this very script.
 */
const summaryFile = process.env.TEST_SUMMARY;
delete process.env.TEST_SUMMARY;

const running = new Set();

/** Ends with the exit code of a Node child; its output is collected, and shown as it comes if `live`. */
function runNode(args, { live, env = {} }) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    running.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk) => {
        const text = process.stdout.isTTY ? chunk : stripVTControlCharacters(chunk);
        output += text;
        if (live) process.stdout.write(text);
      });
    }
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code: code ?? 1, output });
    });
  });
}

/** All test files below a folder, relative to the project. */
function testFiles(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((name) => name.endsWith('.test.ts'));
}

/** Words that occur in a file's path choose files; the rest, joined by spaces, is looked for in test names. */
function vitestFilters(folder, words) {
  const files = testFiles(folder);
  const chosen = new Set();
  const names = [];
  for (const word of words) {
    const matching = files.filter((file) => relative(folder, file).includes(word) || file === word);
    if (matching.length === 0) names.push(word);
    for (const file of matching) chosen.add(file);
  }
  const pattern = names.join(' ').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return [...chosen, ...(pattern === '' ? [] : ['--testNamePattern', pattern])];
}

/** Counts of a vitest run from its JSON report; `report` is undefined when vitest wrote none. */
function countTests(report, code, output) {
  const failures = [];
  const tests = [];
  let passed = 0;
  for (const file of report?.testResults ?? []) {
    const path = relative(root, file.name);
    const failed = file.assertionResults.filter((test) => test.status === 'failed');
    passed += file.assertionResults.filter((test) => test.status === 'passed').length;
    for (const { title, status } of file.assertionResults)
      if (status === 'passed' || status === 'failed') tests.push({ title, passed: status === 'passed' });
    for (const test of failed) {
      failures.push(`${path} › ${test.fullName}\n${test.failureMessages.join('\n')}`);
    }
    // It did not load, or a hook around its tests failed.
    if (file.status === 'failed' && failed.length === 0) failures.push(`${path}\n${file.message}`);
  }
  // An error outside of any test, no test that matches, or a crash: vitest says so in its output only.
  if (failures.length === 0 && (code !== 0 || passed === 0)) {
    failures.push(passed === 0 && code === 0 ? 'no test matches' : lastLines(output, 60));
  }
  return { passed, failed: failures.length, failures, tests };
}

function lastLines(text, count) {
  return text.trim().split('\n').slice(-count).join('\n');
}

/** Runs one suite of vitest. */
async function runTests(name, folder, { words, live, env }) {
  const scratch = mkdtempSync(join(tmpdir(), 'xmpp-chat-report-'));
  try {
    const file = join(scratch, 'report.json');
    const { code, output } = await runNode(
      [
        programOf('vitest'),
        'run',
        ...['--project', name, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
        ...vitestFilters(folder, words),
      ],
      { live, env },
    );
    const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
    return { name, output, ...countTests(report, code, output) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @returns {Promise<Result>} */
async function runSuite(name, options) {
  const { command, folder } = suites[name];
  const start = Date.now();
  let result;
  if (command) {
    const [program, ...args] = command;
    const { code, output } = await runNode([programOf(program), ...args], options);
    const failures = code === 0 ? [] : [lastLines(output, 60)];
    result = { name, output, passed: 1 - failures.length, failed: failures.length, failures };
  } else {
    result = await runTests(name, folder, options);
  }
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  if (!options.live) process.stdout.write(result.output);
  process.stdout.write(`── ${name}: ${result.passed} passed, ${result.failed} failed (${seconds} s)\n`);
  return result;
}

/** All suites that belong to `npm test`, a phase at a time. */
async function runEverything() {
  const own = Object.values(suites).filter(({ phase }) => phase !== undefined);
  // The build is a suite here, and runs before what needs it.
  setup(['npm', ...new Set(own.flatMap(({ needs }) => needs).filter((need) => need !== 'build'))]);
  const results = [];
  const phases = [...new Set(own.map(({ phase }) => phase))].sort();
  for (const phase of phases) {
    const names = Object.keys(suites).filter((name) => suites[name].phase === phase);
    const words = (name) => (suites[name].only === undefined ? [] : [suites[name].only]);
    results.push(
      ...(await Promise.all(names.map((name) => runSuite(name, { words: words(name), live: false })))),
    );
  }
  return results;
}

/** Takes `--name VALUE` out from anywhere among the words; undefined where it is not there. */
function takeOption(words, name) {
  const at = words.indexOf(`--${name}`);
  if (at === -1) return undefined;
  const [, value = ''] = words.splice(at, 2);
  return value;
}

/** `--server NAME`: which server the server tests start. */
function takeServer(words) {
  const server = takeOption(words, 'server');
  if (server !== undefined && server !== 'prosody' && server !== 'ejabberd') {
    throw new SetupError('--server takes prosody or ejabberd');
  }
  return server;
}

/** `--seed N`, `--seeds N`: with which seeds the faults are made to happen; one that is chosen here without them. */
function takeSeeds(words) {
  const number = (name, otherwise) => {
    const value = takeOption(words, name) ?? String(otherwise);
    if (!/^[1-9]\d{0,8}$/.test(value)) throw new SetupError(`--${name} takes a number`);
    return Number(value);
  };
  const first = number('seed', 1 + (Date.now() % 999_999));
  return Array.from({ length: number('seeds', 1) }, (_, index) => first + index);
}

/** `--real-time`: what the faults wait for takes as long as the matrix says, not a scaled part of it. */
function takeRealTime(words) {
  const at = words.indexOf('--real-time');
  if (at === -1) return false;
  words.splice(at, 1);
  return true;
}

/** The last lines of a run: every failure, then the counts. */
function summarize(results) {
  const failures = results.flatMap(({ name, failures }) => failures.map((text) => `✗ ${name}: ${text}\n`));
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  const failed = total('failed');
  const details = failures.map((text) => `\n${text}`).join('');
  const counts = `${total('passed')} passed, ${failed} failed\n`;
  process.stdout.write(`${details}\n${counts}`);
  if (summaryFile) appendFileSync(summaryFile, `${details}${counts}`);
  process.exitCode = failed === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    for (const child of running) child.kill(signal);
    process.kill(process.pid, signal);
  });
}

await main(async () => {
  const [name, ...rest] = process.argv.slice(2);
  if (name === undefined) {
    summarize(await runEverything());
    return;
  }
  if (!Object.hasOwn(suites, name)) {
    throw new SetupError(`There is no suite ${name}: ${Object.keys(suites).join(', ')}`);
  }
  const words = [...rest];
  const server = takeServer(words);
  const faults = name === 'faults';
  const realTime = faults && takeRealTime(words);
  const seeds = faults ? takeSeeds(words) : [undefined];
  const needs = suites[name].needs.map((need) => (need === 'prosody' && server ? server : need));
  setup(['npm', ...needs]);
  const results = [];
  for (const seed of seeds) {
    if (seed !== undefined) process.stdout.write(`── seed ${seed}\n`);
    const env = {
      ...(server ? { TEST_SERVER: server } : {}),
      ...(seed === undefined ? {} : { FAULT_SEED: String(seed) }),
      ...(realTime ? { FAULT_REAL_TIME: '1' } : {}),
    };
    results.push(await runSuite(name, { words, live: true, env }));
  }
  if (faults)
    process.stdout.write(
      `\n${faultTable(results.map(({ tests = [] }, at) => ({ seed: seeds[at] ?? 0, tests })))}\n`,
    );
  summarize(results);
});
