/** Programs of the machine, found where PATH looks and where servers live. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Folders of server programs that the PATH of an ordinary user often lacks. */
const SERVER_FOLDERS = ['/usr/local/bin', '/usr/bin', '/usr/local/sbin', '/usr/sbin', '/sbin'];

/** A program we need is not installed; `install` is the one command that installs it. */
export class MissingProgramError extends Error {
  override name = 'MissingProgramError';
  readonly condition = 'program-missing';
  readonly program: string;
  readonly install: string;
  constructor(program: string, install: string) {
    super(`${program} is not installed. Run: ${install}`);
    this.program = program;
    this.install = install;
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The full path of a program.
 * @throws {MissingProgramError} when it is nowhere; `packages` are what Debian calls it
 */
export function findProgram(name: string, packages: string): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...SERVER_FOLDERS];
  const found = folders.map((folder) => join(folder, name)).find(isProgram);
  if (found !== undefined) return found;
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  throw new MissingProgramError(name, `${sudo}apt-get install ${packages}`);
}
