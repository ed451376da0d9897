/** A conversation of two goes on in a room of its own, with more people. XEP-0045 §7.9. */
import { TimeoutError } from '../../xmpp/errors.ts';
import type { ParsedMessage } from '../../xmpp/messages.ts';
import { setAffiliation } from '../../xmpp/muc/administration.ts';
import { destroyRoom } from '../../xmpp/muc/config.ts';
import { randomId } from '../../xmpp/session/random-id.ts';
import { readThread } from '../../xmpp/thread.ts';
import { bareOf, localOf, resourceOf } from '../address.ts';
import type { Contact, Request } from '../events.ts';
import { conditionOf } from '../files/order.ts';
import type { FilledForm } from '../form.ts';
import type { ChatKind, Message } from '../message.ts';
import { ChatError } from '../problem.ts';
import type { ChatRooms } from '../rooms.ts';
import type { Linked } from './link.ts';
import type { RoomForms } from './room-forms.ts';

export interface ConferenceWish {
  /** bare JIDs of the others */
  readonly others: readonly string[];
  /** what is sent into the room for all to see: so many of the last messages, 0 for none, or those of these rows */
  readonly history: number | readonly number[];
  readonly reason?: string | undefined;
}

export interface Conference {
  readonly room: string;
  /** bare JIDs */
  readonly invited: readonly string[];
  /** those whose server says that there is nobody of that name, or that takes no invitation */
  readonly failed: readonly string[];
  /** messages that the room has now */
  readonly sent: number;
}

export interface ConferenceOptions {
  readonly account: string;
  readonly linked: Linked;
  readonly rooms: Pick<ChatRooms, 'address' | 'join'>;
  readonly forms: RoomForms;
  readonly contact: (jid: string) => Contact | undefined;
  readonly kindOf: (chat: string) => ChatKind;
  /** the last messages of a chat, oldest first */
  readonly last: (chat: string, limit: number) => Message[];
  /** the thread that goes on in a room */
  readonly threads: Map<string, string>;
}

/** messages that one room is given at most */
export const MOST_HISTORY = 200;
/** milliseconds until the room has to show a message */
const PATIENCE = 15_000;

/** §7.9: non-anonymous, and for those alone who are asked; kept, since people come and go. */
const WANTED: Readonly<Record<string, string>> = {
  'muc#roomconfig_membersonly': '1',
  'muc#roomconfig_publicroom': '0',
  'muc#roomconfig_whois': 'anyone',
  'muc#roomconfig_persistentroom': '1',
};
const ROOM_NAME = 'muc#roomconfig_roomname';
const MEMBERS_ONLY = 'muc#roomconfig_membersonly';

/** people that the name of a room names; the others are counted */
const MOST_NAMED = 5;

/**
 * What the room is called, for those who are in it: its people, by their user names. What we call our contacts is
 * nobody else's business.
 */
export function nameOfPeople(jids: readonly string[]): string {
  const names = jids.map((jid) => localOf(jid) ?? jid);
  const more = names.length - MOST_NAMED;
  return [...names.slice(0, MOST_NAMED), ...(more > 0 ? [`+${more}`] : [])].join(', ');
}

/** What of a conversation can be said again: nothing that was taken back, failed, or could not be read. */
export function tellable(messages: readonly Message[]): Message[] {
  return messages.filter(
    ({ body, retracted, encryption, state }) =>
      body !== '' && !retracted && encryption === 'none' && state !== 'failed' && state !== 'queued',
  );
}

/** What the service offers of it. */
function filled({ fields }: FilledForm, name: string): Record<string, string> {
  const offers = (name: string, value: string) =>
    fields.some(({ name: own, options = [] }) => {
      return own === name && (options.length === 0 || options.some((option) => option.value === value));
    });
  return Object.fromEntries(
    Object.entries({ ...WANTED, [ROOM_NAME]: name }).filter(([field, value]) => offers(field, value)),
  );
}

/**
 * How the conversation is named: by its thread, else by the id of its newest message (XEP-0201 §3: a thread is whatever
 * its sender makes it). Everybody who was ever invited knows it, so it proves nothing of who says it.
 */
const threadOf = (messages: readonly Message[]): string | undefined =>
  messages.findLast(({ thread }) => readThread(thread) !== undefined)?.thread ??
  messages.findLast(({ id }) => readThread(id) !== undefined)?.id;

export function conferences(options: ConferenceOptions) {
  const { account, linked, rooms, forms, contact, kindOf, last, threads } = options;

  /** What is said in a room is said to those who are there, and goes nowhere else. */
  const isPerson = (jid: string) => kindOf(jid) === 'contact';

  /** A room that nobody has, its address by chance: who talks with whom is nobody's business. */
  async function make(): Promise<string> {
    const name = randomId()
      .replace(/[^a-z0-9]/gi, '')
      .slice(0, 8)
      .toLowerCase();
    const room = await rooms.address(`talk-${name}`);
    const { created } = await rooms.join(room, { reserve: true });
    if (created) return room;
    await linked().features.rooms.leave(room);
    throw new ChatError('room-exists', { room });
  }

  /** §10.9: a room that is kept stays with what was said in it, whoever leaves. */
  async function destroyed(room: string): Promise<boolean> {
    try {
      await destroyRoom(linked().session, room);
      return true;
    } catch {
      return false;
    }
  }

  /** Says one message again and waits until the room shows it, which keeps within what rooms take at once. */
  async function tell(room: string, message: Message, thread: string | undefined): Promise<void> {
    const { messages, rooms: feature } = linked().features;
    const author = message.direction === 'out' ? account : bareOf(message.from);
    const id = randomId();
    let shown: ((said: { room: string; message: ParsedMessage }) => void) | undefined;
    let timer: NodeJS.Timeout | undefined;
    let bounced: ((failure: ParsedMessage & { error: { condition: string } }) => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        shown = (said) => {
          if (said.room === room && said.message.id === id) resolve();
        };
        bounced = ({ id: of, from, error }) => {
          if (of === id && bareOf(from) === room) reject(new ChatError(error.condition, { room }));
        };
        timer = setTimeout(() => reject(new TimeoutError(`${room} did not answer`)), PATIENCE);
        feature.on('message', shown);
        messages.on('bounced', bounced);
        messages.send({
          to: room,
          type: 'groupchat',
          id,
          // Most programs show a message of a room as said by who sent it: whose words these were has to stand in them.
          body: author === account ? message.body : `${author}: ${message.body}`,
          delay: message.time,
          delayedFrom: author,
          ...(thread === undefined ? {} : { thread }),
        });
      });
    } finally {
      clearTimeout(timer);
      if (shown !== undefined) feature.off('message', shown);
      if (bounced !== undefined) messages.off('bounced', bounced);
    }
  }

  /** §7.9: to the device that they talk from, where it is still there. */
  function addressOf(partner: string): string {
    const from = last(partner, MOST_HISTORY).findLast(({ direction }) => direction === 'in')?.from;
    const resource = from === undefined ? undefined : resourceOf(from);
    const online = contact(partner)?.resources.some((entry) => entry.resource === resource) === true;
    return online && from !== undefined ? from : partner;
  }

  return {
    /** Whether an invitation goes on with our own conversation with who invites, by what names it. */
    continuesOurs({ from, mediated, continues }: Pick<Request, 'from' | 'mediated' | 'continues'>): boolean {
      const thread = continues?.thread;
      // §7.8.2: who invites by way of a room is that room's word, and it may be anybody's room.
      if (thread === undefined || mediated === true || !isPerson(from)) return false;
      return last(bareOf(from), MOST_HISTORY).some((said) => said.thread === thread || said.id === thread);
    },

    /** What of a conversation everybody in the room would see, oldest first; none of what was said in another room. */
    seen(partner: string, which: number | readonly number[]): Message[] {
      if (!isPerson(partner)) return [];
      const all = tellable(last(partner, MOST_HISTORY));
      if (typeof which !== 'number') return all.filter(({ row }) => which.includes(row));
      return which === 0 ? [] : all.slice(-which);
    },

    /**
     * Makes the room, sends what shall be seen, invites. Rejects with ChatError `not-a-person` (a room, or somebody in
     * one), `nobody-to-invite`, `room-not-private` (nothing was sent), `no-room-service`, `offline`; else as entering and
     * configuring a room do. A room that could not be made ready is left, and destroyed where it was configured; where that
     * cannot be done either, rejects with ChatError `room-left-over`.
     */
    async start(partner: string, { others, history, reason }: ConferenceWish): Promise<Conference> {
      if (!isPerson(partner)) throw new ChatError('not-a-person', { jid: partner });
      const invited = [...new Set([partner, ...others])].filter((jid) => jid !== account);
      if (invited.length < 2) throw new ChatError('nobody-to-invite', { jid: partner });
      const said = this.seen(partner, history);
      const thread = threadOf(last(partner, MOST_HISTORY));
      const name = nameOfPeople([account, ...invited]);
      const room = await make();
      const { session, features } = linked();
      let configured = false;
      try {
        const form = await forms.read(room);
        const values = form === undefined ? {} : filled(form, name);
        if (said.length > 0 && values[MEMBERS_ONLY] === undefined)
          throw new ChatError('room-not-private', { room });
        // It may be submitted although the answer is lost.
        configured = true;
        await forms.submit(room, values);
        for (const jid of invited) await setAffiliation(session, room, jid, 'member');
        for (const message of said) await tell(room, message, thread);
      } catch (error) {
        const leftOver = configured && !(await destroyed(room));
        await features.rooms.leave(room).catch(() => undefined);
        if (leftOver)
          throw new ChatError('room-left-over', { room, text: conditionOf(error) }, { cause: error });
        throw error;
      }
      if (thread !== undefined) threads.set(room, thread);
      const failed: string[] = [];
      for (const jid of invited) {
        const to = jid === partner ? addressOf(partner) : jid;
        // A room says its name to who is in it: who is asked to come has to read who is there.
        const invitation = { reason: reason ?? name, direct: true, continues: { thread } };
        await features.rooms.invite(room, to, invitation).catch(() => failed.push(jid));
      }
      // Entered at every log-in from now on.
      await rooms.join(room, { keep: true });
      return { room, invited: invited.filter((jid) => !failed.includes(jid)), failed, sent: said.length };
    },
  };
}

export type Conferences = ReturnType<typeof conferences>;
