// What has to be there before the program can be built, tested or shown. Runs before `node_modules`
// exists, so: plain JavaScript, Node's own modules only. One line on standard error for each step done;
// nothing installed ever reads our standard input, which belongs to the program.
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** A step failed in a way the user can mend; the message is the one line to show. */
export class SetupError extends Error {}

/** What comes from Debian, by the name the suites use: the program it gives, and its packages. */
const debian = {
  prosody: { label: 'Prosody', program: 'prosody', packages: ['prosody', 'prosody-modules', 'openssl'] },
  ejabberd: { label: 'ejabberd', program: 'ejabberdctl', packages: ['ejabberd', 'openssl'] },
  python: { label: 'Python', program: 'python3', packages: ['python3'] },
  'go-sendxmpp': { label: 'go-sendxmpp', program: 'go-sendxmpp', packages: ['go-sendxmpp'] },
  profanity: { label: 'profanity', program: 'profanity', packages: ['profanity'] },
  // A module: there is no program of its name that could have come another way.
  slixmpp: { label: 'slixmpp', program: undefined, packages: ['python3-slixmpp'] },
  // A library, driven by Python.
  libpurple: { label: 'libpurple', program: undefined, packages: ['libpurple0', 'python3'] },
  // Its backend alone.
  libervia: { label: 'Libervia', program: 'libervia-backend', packages: ['libervia-backend'] },
  // With what its pictures need, or it shows nothing, and a screen that nobody sees.
  gajim: { label: 'Gajim', program: undefined, packages: ['gajim', 'librsvg2-common', 'xvfb'] },
  // Its library, which comes with its windows; Python calls it.
  dino: { label: 'Dino', program: undefined, packages: ['dino-im', 'python3-gi'] },
  mcabber: { label: 'mcabber', program: 'mcabber', packages: ['mcabber'] },
};

/** @param {string} line one step, as the user reads it */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** The full path of a program, also where servers live and an ordinary user's PATH does not look. */
export function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    if (folder === '') continue;
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not here.
    }
  }
  return undefined;
}

/** Runs a child to its end with standard input closed; its output is shown only when it fails. */
function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  return {
    ok: result.status === 0,
    output: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ? `${result.error.message}\n` : ''}`,
  };
}

/** npm as it runs us, else the one in PATH. On Windows npm is a script that only a shell starts. */
export function npm(args, options) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('npm-cli.js')) return run(process.execPath, [cli, ...args], options);
  return run('npm', args, { shell: process.platform === 'win32', ...options });
}

/**
 * Whether node_modules holds what package-lock.json asks for. npm writes down what it installed in
 * node_modules/.package-lock.json; optional packages of other platforms are rightly missing there.
 */
function npmPackagesAreInstalled() {
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const installed = JSON.parse(
      readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8'),
    ).packages;
    return Object.entries(wanted).every(
      ([path, { version, optional }]) =>
        path === '' || (installed[path] ? installed[path].version === version : optional),
    );
  } catch {
    return false;
  }
}

/** Installs the npm packages of the lockfile, development ones too, if they are not there yet. */
export function ensureNpmPackages() {
  if (npmPackagesAreInstalled()) return;
  say('Installing the npm packages (npm ci)');
  const { ok, output } = npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  if (ok) return;
  process.stderr.write(output);
  throw new SetupError('The npm packages could not be installed. Try: npm ci');
}

/** The packages that Debian says are not installed; without dpkg only the program itself can be looked for. */
function missingPackages({ program, packages }) {
  const found = program !== undefined && findProgram(program) !== undefined;
  if (!findProgram('dpkg-query')) return found ? [] : packages;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholders
  const { output } = run('dpkg-query', ['-W', '-f', '${db:Status-Abbrev}${Package}\\n', ...packages]);
  const installed = new Set(
    output
      .split('\n')
      .filter((line) => line.startsWith('ii'))
      .map((line) => line.slice(3).trim()),
  );
  // A Prosody that did not come as a package is as good.
  if (found && !installed.has(packages[0])) return [];
  return packages.filter((name) => !installed.has(name));
}

/** Whether someone could type a password for sudo, which asks on the terminal itself, not on standard input. */
function hasTerminal() {
  try {
    closeSync(openSync('/dev/tty', 'r+'));
    return true;
  } catch {
    return false;
  }
}

/** The words before a command that make it run as root, or undefined if there are none. */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  const sudo = findProgram('sudo');
  if (!sudo) return undefined;
  if (run(sudo, ['-n', 'true']).ok) return [sudo, '-n'];
  return hasTerminal() ? [sudo] : undefined;
}

/**
 * Installs a program from the distribution if it is missing, without leaving a service running or enabled.
 * @param {keyof typeof debian} name
 * @throws {SetupError} naming the command that installs it, when we cannot
 */
export function ensureDebian(name) {
  const { label, packages, program } = debian[name];
  const missing = missingPackages({ program, packages });
  if (missing.length === 0) return;

  if (!findProgram('apt-get')) {
    throw new SetupError(
      `${label} is missing. Install ${missing.join(', ')} with your system's package manager.`,
    );
  }
  const prefix = asRoot();
  const command = `apt-get install ${missing.join(' ')}`;
  if (prefix === undefined) {
    throw new SetupError(`${label} is missing, and installing it needs root. Run as root: ${command}`);
  }
  const asker = prefix.length === 1 ? '; sudo may ask for your password' : '';
  say(`Installing ${label} (${missing.join(', ')}) from the distribution, without its service${asker}`);
  const [first, ...rest] = [...prefix, '/bin/sh', join(root, 'scripts/install-debian.sh'), ...missing];
  const { ok, output } = run(first, rest, { cwd: '/' });
  if (ok) return;
  process.stderr.write(output.split('\n').slice(-15).join('\n'));
  throw new SetupError(`${label} could not be installed. Try: sudo ${command}`);
}

/** When a file, or the newest file below a folder, was written: milliseconds since 1970; 0 if there is none. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** What the build must have made: the one that is started, and the one that it reads. */
const built = ['dist/main.js', 'dist/app.cjs'];

/** Builds dist/ if something of it is missing or older than what it is made of. */
export function ensureBuilt() {
  const sources = ['src', 'package.json', 'tsdown.config.ts', 'scripts/code-cache.js'].map((name) =>
    newest(join(root, name)),
  );
  const oldest = Math.min(...built.map((name) => newest(join(root, name))));
  if (oldest > Math.max(...sources)) return;
  say('Building (npm run build)');
  const { ok, output } = npm(['run', 'build']);
  if (ok) return;
  process.stderr.write(output);
  throw new SetupError('The build failed. Try: npm run build');
}

/**
 * Runs the steps by name, in order: 'npm', 'build', or a program from the distribution.
 * @param {string[]} steps
 * @param {{ optional?: string[] }} [more] what may be missing: it is tried, and said when it fails
 */
export function setup(steps, { optional = [] } = {}) {
  const ensure = (name) => {
    if (name === 'npm') ensureNpmPackages();
    else if (name === 'build') ensureBuilt();
    else ensureDebian(name);
  };
  steps.forEach(ensure);
  for (const name of optional) {
    try {
      ensure(name);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      say(error.message);
    }
  }
}

/** Runs a script's own main and turns a SetupError into its one line and exit code 1. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
