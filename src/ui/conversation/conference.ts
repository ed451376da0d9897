/** Before a conversation of two goes on in a room: what of it everybody there would see is shown, and asked for. */
import type { Action, Ended } from '../../actions/action.ts';
import type { Face, Seat } from '../face.ts';
import { type Input, runAction } from '../run-action.ts';
import { sanitize } from '../sanitize.ts';
import { InterruptedError } from '../terminal.ts';
import { timeline } from './timeline.ts';
import { timelineOptions } from './timeline-options.ts';

/** messages that one is asked about at most */
const MOST = 50;

/** The room that goes on with a conversation of two is where one is then. */
export async function continueInRoom(
  face: Face,
  seat: Seat,
  action: Action,
  input: Input,
): Promise<{ readonly to: 'chat'; readonly chat: string } | undefined> {
  const wish = await withConsent(face, seat, input);
  let room: string | undefined;
  const text = (outcome: Ended) => {
    if (outcome.kind === 'done' && outcome.notice.code === 'conference') ({ room } = outcome.notice.values);
    return face.render.outcome(outcome);
  };
  if (wish !== undefined) await runAction(face, seat, action, wish, { text });
  return room === undefined ? undefined : { to: 'chat', chat: room };
}

/**
 * Resolves to the input with `history` as the user wants it, undefined where they give up. Where nobody can be asked
 * nothing is sent but what the command itself says.
 */
async function withConsent(face: Face, seat: Seat, input: Input): Promise<Input | undefined> {
  const { terminal, words } = face;
  const { conference: labels } = words.conversation;
  const chat = String(input.jid);
  const others = Array.isArray(input.others) ? input.others.map(String) : [];
  if (!terminal.interactive || others.length === 0) return input;
  try {
    terminal.log(labels.intro([chat, ...others].map((jid) => sanitize(jid)).join(', ')));
    const rows = Array.isArray(input.messages) ? input.messages.map(Number) : [];
    const count = typeof input.history === 'number' ? input.history : undefined;
    const which = rows.length > 0 ? rows : (count ?? (await howMany(face, seat, chat)));
    const said = seat.client.conferences.seen(chat, which);
    const none = { ...input, history: undefined, messages: [] };
    if (said.length === 0) return none;
    const lines = timeline(timelineOptions(face, seat, 'contact'));
    terminal.log([labels.wouldSee, ...said.flatMap((message) => lines.message(message))].join('\n'));
    if (await terminal.confirm({ message: labels.sure, initial: false }))
      // These and no others: more may have come since they were shown.
      return { ...none, messages: said.map(({ row }) => row) };
    terminal.log(labels.notSent);
    return none;
  } catch (error) {
    if (error instanceof InterruptedError) return undefined;
    throw error;
  }
}

/** Nothing to send is not asked about. */
async function howMany({ terminal, words }: Face, { client }: Seat, chat: string): Promise<number> {
  const { conference: labels } = words.conversation;
  const most = client.conferences.seen(chat, MOST).length;
  if (most === 0) return 0;
  const fits = (text: string) => /^\d{1,3}$/.test(text.trim()) && Number(text) <= most;
  const typed = await terminal.text({
    message: labels.howMany,
    initial: '0',
    validate: (text) => (text.trim() === '' || fits(text) ? undefined : labels.notSoMany(most)),
  });
  return Number(typed.trim() || '0');
}
