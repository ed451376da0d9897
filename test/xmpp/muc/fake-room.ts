/** A room played by the test: the presences and messages it would send. */
import { parseMessage } from '../../../src/xmpp/messages.ts';
import { NS, type Rooms, rooms } from '../../../src/xmpp/muc/rooms.ts';
import { SILENCES } from '../../../src/xmpp/muc/self-ping.ts';
import type { Element } from '../../../src/xmpp/stanza.ts';
import { FakeSession } from '../../support/fake-session.ts';

export const ROOM = 'coven@chat.example.org';
export const USER = 'http://jabber.org/protocol/muc#user';
export const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

interface Person {
  affiliation?: string;
  role?: string;
  codes?: number[];
  jid?: string;
  nick?: string;
  /** XML inside `<item/>` */
  item?: string;
  /** XML inside `<x/>` */
  x?: string;
  /** XML beside `<x/>` */
  more?: string;
}

export class FakeRoom {
  readonly session = new FakeSession('hag66@example.org/pda');
  readonly claims: ((stanza: Element) => boolean)[] = [];
  readonly rooms: Rooms;
  /** events in order */
  readonly told: [string, unknown][] = [];

  /** `leaves`: milliseconds for which it is not told that somebody left */
  constructor({ leaves = 0 } = {}) {
    this.rooms = rooms(this.session, {
      silences: { ...SILENCES, leaves },
      disco: { addFeature: () => {} },
      messages: {
        claim: (test) => {
          this.claims.push(test);
          return () => {};
        },
        parse: (stanza) => parseMessage(stanza, { account: 'hag66@example.org' }),
      },
    });
    for (const name of [
      'room',
      'occupant',
      'occupantPresence',
      'subject',
      'roomNotice',
      'message',
      'privateMessage',
      'invitation',
      'invitationDeclined',
      'petition',
      'challenge',
      'dropped',
      'checked',
    ] as const) {
      this.rooms.on(name, (event: unknown) => void this.told.push([name, event]));
    }
  }

  /** Takes the events since the last call. */
  take(): [string, unknown][] {
    return this.told.splice(0);
  }

  #presence(nick: string, type: string, person: Person, room: string): void {
    const { affiliation = 'member', role = 'participant', codes = [], item = '', x = '', more = '' } = person;
    const jid = person.jid === undefined ? '' : ` jid='${person.jid}'`;
    const next = person.nick === undefined ? '' : ` nick='${person.nick}'`;
    this.session.receive(
      `<presence from='${room}/${nick}' to='hag66@example.org/pda'${type}>${more}<x xmlns='${USER}'>` +
        `<item affiliation='${affiliation}' role='${role}'${jid}${next}>${item}</item>` +
        `${codes.map((code) => `<status code='${code}'/>`).join('')}${x}</x></presence>`,
    );
  }

  here(nick: string, person: Person = {}, room = ROOM): void {
    this.#presence(nick, '', person, room);
  }

  gone(nick: string, person: Person = {}, room = ROOM): void {
    this.#presence(nick, " type='unavailable'", { role: 'none', ...person }, room);
  }

  refuse(condition: string, nick = 'thirdwitch', type = 'cancel'): void {
    this.session.receive(
      `<presence from='${ROOM}/${nick}' to='hag66@example.org/pda' type='error'><x xmlns='${NS}'/>` +
        `<error type='${type}' by='${ROOM}'><${condition} xmlns='${STANZAS}'/></error></presence>`,
    );
  }

  says(nick: string, payload: string, attrs = "type='groupchat' id='m'"): void {
    const from = nick === '' ? ROOM : `${ROOM}/${nick}`;
    this.session.receive(`<message from='${from}' to='hag66@example.org/pda' ${attrs}>${payload}</message>`);
  }

  /** Lets us in beside a first witch. */
  async enter(): Promise<void> {
    const entering = this.rooms.enter(ROOM, { nick: 'thirdwitch' });
    this.here('firstwitch', { affiliation: 'owner', role: 'moderator' });
    this.here('thirdwitch', { codes: [110] });
    await entering;
    this.session.take();
    this.take();
  }
}
