/**
 * Where settings and data lie: XDG Base Directory Specification 0.8 on Linux and the like, the system's own folders on
 * macOS and Windows. The XDG variables count everywhere.
 */
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';

const PROGRAM = 'xmpp-chat';

export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** default: this one's */
  readonly platform?: NodeJS.Platform | undefined;
  /** default: the user's */
  readonly home?: string | undefined;
}

/** The rules for paths on that machine. */
export function pathsOf(machine: Pick<Machine, 'platform'>): typeof posix {
  return (machine.platform ?? process.platform) === 'win32' ? win32 : posix;
}

/** The user's home folder; on Windows USERPROFILE names it, elsewhere HOME. */
export function homeFolder(machine: Machine): string {
  if (machine.home !== undefined) return machine.home;
  const named = pathsOf(machine) === win32 ? machine.env.USERPROFILE : machine.env.HOME;
  return named || homedir();
}

/** The file with the settings. */
export function configFile(machine: Machine): string {
  return folder(machine, 'XDG_CONFIG_HOME', ['.config'], 'APPDATA', ['AppData', 'Roaming'], 'config.json');
}

/** The folder of the database. */
export function dataFolder(machine: Machine): string {
  const windows = ['AppData', 'Local'];
  return folder(machine, 'XDG_DATA_HOME', ['.local', 'share'], 'LOCALAPPDATA', windows);
}

function folder(
  machine: Machine,
  xdgName: string,
  xdgDefault: readonly string[],
  windowsName: string,
  windowsDefault: readonly string[],
  ...rest: readonly string[]
): string {
  const paths = pathsOf(machine);
  const home = homeFolder(machine);
  // "All paths set in these environment variables must be absolute. If … relative … ignore it."
  const absolute = (name: string) => {
    const value = machine.env[name];
    return value !== undefined && paths.isAbsolute(value) ? value : undefined;
  };
  const base =
    absolute(xdgName) ??
    (paths === win32
      ? (absolute(windowsName) ?? paths.join(home, ...windowsDefault))
      : paths.join(
          home,
          ...((machine.platform ?? process.platform) === 'darwin'
            ? ['Library', 'Application Support']
            : xdgDefault),
        ));
  return paths.join(base, PROGRAM, ...rest);
}
