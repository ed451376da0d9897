/** A step that did not work, as a check. */
import { ConnectionError, XmppError } from '../../xmpp/errors.ts';
import { type Check, type CheckName, type CheckState, finding } from '../checks.ts';

const LONGEST = 500;

/** What did not work, and with whom. */
interface Step {
  readonly check: CheckName;
  readonly state: CheckState;
  readonly about: string;
  readonly domain: string;
}

/** Takes what was thrown; it is named by the condition that a log-in would end with. `code`: the system's own word. */
export function failure({ domain, ...step }: Step, error: unknown, code = codeOf(error)): Check {
  const known = error instanceof XmppError ? error : new ConnectionError('closed', String(error));
  const { condition, message } = known;
  // What the program itself says of a connection is for the debug file; a server's words are for the person.
  const said = known instanceof ConnectionError || message === condition ? '' : message.slice(0, LONGEST);
  return { ...step, finding: finding('failed', { domain, condition, code, text: said }) };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !(error.cause instanceof Error)) return '';
  const { code } = error.cause as NodeJS.ErrnoException;
  return code ?? '';
}
