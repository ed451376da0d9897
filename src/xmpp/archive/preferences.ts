/** XEP-0441: Message Archive Management Preferences, version 0.2.0. https://xmpp.org/extensions/xep-0441.html */
import { StanzaError } from '../errors.ts';
import { parseJid } from '../jid.ts';
import type { Session } from '../session/session.ts';
import { child, type Element, x } from '../stanza.ts';
import { NS_MAM } from './query.ts';

/** What the server keeps of whom. */
export interface Preferences {
  /** of those in neither list; `roster`: of contacts only (§2.1.1) */
  readonly default: 'always' | 'never' | 'roster';
  /** JIDs, normalised; a bare one stands for its resources too (§2.3.1) */
  readonly always: readonly string[];
  readonly never: readonly string[];
}

const DEFAULTS: readonly string[] = ['always', 'never', 'roster'];

/** Reads `<prefs/>` in that answer; what is no JID is left out. */
export function parsePreferences(answer: Element): Preferences | undefined {
  const prefs = child(answer, 'prefs', NS_MAM);
  const byDefault = prefs?.attrs.default;
  if (prefs === undefined || byDefault === undefined || !DEFAULTS.includes(byDefault)) return undefined;
  const list = (name: string): string[] => {
    const jids = child(prefs, name, NS_MAM)?.getChildren('jid', NS_MAM) ?? [];
    return [...new Set(jids.flatMap((jid) => parseJid(jid.getText().trim())?.full ?? []))];
  };
  return { default: byDefault as Preferences['default'], always: list('always'), never: list('never') };
}

/** Builds `<prefs/>`; an empty list empties the server's (§2.1.2). */
export function xPreferences(preferences: Preferences): Element {
  const list = (name: string, jids: readonly string[]) =>
    x(name, {}, ...jids.map((jid) => x('jid', {}, jid)));
  return x(
    'prefs',
    { xmlns: NS_MAM, default: preferences.default },
    list('always', preferences.always),
    list('never', preferences.never),
  );
}

/** Asks for the account's. Rejects as Session.request does, with `feature-not-implemented` and the like without any. */
export async function askPreferences(session: Session): Promise<Preferences> {
  const answer = await session.request(x('iq', { type: 'get' }, x('prefs', { xmlns: NS_MAM })));
  const preferences = parsePreferences(answer);
  if (preferences === undefined) throw new StanzaError('undefined-condition');
  return preferences;
}

/** Changes the account's; resolves to what the server made of it (§2.1). Rejects as Session.request does. */
export async function changePreferences(session: Session, wanted: Preferences): Promise<Preferences> {
  const answer = await session.request(x('iq', { type: 'set' }, xPreferences(wanted)));
  // Not every server says what it applied: then it is asked.
  return parsePreferences(answer) ?? askPreferences(session);
}
