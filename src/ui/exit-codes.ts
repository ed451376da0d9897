/**
 * From errors to exit codes, once for the whole program: 0 done, 1 refused or failed, 2 wrong usage, 3 not
 * authorised, 4 cannot connect or not trusted, 5 stays queued, 128 + n ended by signal n.
 * Errors of the protocol are known by `name` and `condition`: this storey does not import theirs.
 */
import { constants } from 'node:os';

export const EXIT = { done: 0, failed: 1, usage: 2, unauthorised: 3, unconnected: 4, queued: 5 } as const;

/** 128 + SIGPIPE, which Node does not know everywhere: what other programs end with when their reader has gone. */
export const READER_GONE = 141;

/** What SASL says about the credentials (RFC 6120 §6.5); the rest of its conditions is about the server. */
const CREDENTIALS: readonly string[] = [
  'not-authorized',
  'account-disabled',
  'credentials-expired',
  'invalid-authzid',
];

/** What the domain says that is more than a failure. */
const CHAT: ReadonlyMap<string, number> = new Map([
  ['offline', EXIT.unconnected],
  ['not-online', EXIT.unconnected],
  ['unreachable-server', EXIT.unconnected],
  ['log-in-refused', EXIT.unauthorised],
  ['no-domain', EXIT.usage],
  ['no-setting', EXIT.usage],
  ['no-profile-field', EXIT.usage],
  ['not-a-person', EXIT.usage],
  ['nobody-to-invite', EXIT.usage],
]);

interface Named {
  readonly name: string;
  readonly condition: string | undefined;
}

/** Name and condition of anything that was thrown. */
export function named(error: unknown): Named {
  if (typeof error !== 'object' || error === null) return { name: '', condition: undefined };
  const { name, condition } = error as { name?: unknown; condition?: unknown };
  // What prompts and AbortSignals throw has no condition of its own.
  if (name === 'AbortError') return { name, condition: 'cancelled' };
  if (name === 'InterruptedError' || name === 'EndOfInputError') return { name, condition: 'interrupted' };
  return {
    name: typeof name === 'string' ? name : '',
    condition: typeof condition === 'string' ? condition : undefined,
  };
}

export function exitCodeOf(error: unknown): number {
  const { name, condition } = named(error);
  switch (name) {
    case 'UsageError':
    case 'ConfigError':
      return EXIT.usage;
    case 'AuthenticationError':
      return condition !== undefined && CREDENTIALS.includes(condition)
        ? EXIT.unauthorised
        : EXIT.unconnected;
    case 'StreamError':
    case 'ConnectionEnded':
      return condition === 'not-authorized' ? EXIT.unauthorised : EXIT.unconnected;
    case 'ConnectionError':
    case 'DisconnectedError':
      return EXIT.unconnected;
    case 'ChatError':
      return CHAT.get(condition ?? '') ?? EXIT.failed;
    case 'InterruptedError':
      return signalExitCode('SIGINT');
    case 'OutputError':
      return condition === 'EPIPE' ? READER_GONE : EXIT.failed;
    default:
      return EXIT.failed;
  }
}

/** 128 + the signal's number. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
