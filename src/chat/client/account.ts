/** The account itself: its password, its end. XEP-0077 §3.2, §3.3. */
import { DisconnectedError, type XmppError } from '../../xmpp/errors.ts';
import type { SessionControl } from '../../xmpp/session/create-session.ts';
import type { Link } from './link.ts';

export async function changePassword({ features, session }: Link, password: string): Promise<void> {
  await features.registration.changePassword(password);
  session.setPassword(password);
}

/** milliseconds that a server has to refuse us, when it ended the stream without an answer */
const REFUSAL = 10_000;
/** what it says then, ending the stream or refusing the log-in */
const GONE: readonly string[] = ['not-authorized', 'account-disabled'];

/**
 * Removes the account from its server. Some end the stream before the result is out: an end for `not-authorized`, or a
 * log-in that is refused now, says that it is gone (XEP-0077 §3.2). Rejects with StanzaError, DisconnectedError.
 */
export async function removeAccount({ features, session }: Link): Promise<void> {
  const end = followEnd(session);
  try {
    await features.registration.remove();
  } catch (error) {
    if (!(error instanceof DisconnectedError)) throw error;
    const reason = await end.within(REFUSAL);
    if (!GONE.includes(reason?.condition ?? '')) throw error;
  } finally {
    end.forget();
  }
}

/** Why a session ended for good, from now on. */
function followEnd(session: SessionControl) {
  let tell: (reason: XmppError | undefined) => void = () => {};
  const ended = new Promise<XmppError | undefined>((resolve) => {
    tell = resolve;
  });
  let timer: NodeJS.Timeout | undefined;
  const listener = (event: { reason: XmppError | undefined; final: boolean }) => {
    if (event.final) tell(event.reason);
  };
  session.on('offline', listener);
  return {
    within(milliseconds: number): Promise<XmppError | undefined> {
      timer = setTimeout(tell, milliseconds, undefined);
      return ended;
    },
    forget(): void {
      clearTimeout(timer);
      session.off('offline', listener);
    },
  };
}
