/** A device that is slixmpp, driven by JSON lines (slixmpp-device.py), with what a person would have seen on it. */
import type { Server } from '../support/server.ts';
import { DrivenDevice, type Fact } from './driven-device.ts';

/** A message as slixmpp told it. */
export interface Said {
  readonly source?: 'carbon_received' | 'carbon_sent' | 'live';
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly id: string;
  readonly body: string | null;
  readonly subject: string | null;
  /** who invites to the room that it comes from */
  readonly invitation: string | null;
  /** id of the message that this one corrects */
  readonly replaces: string | null;
  /** id of the message that arrived */
  readonly receipt: string | null;
  /** id of the message that was displayed */
  readonly displayed: string | null;
  /** id of the message that is taken back */
  readonly retracts: string | null;
  /** id of the message that the emojis are for */
  readonly reactsTo: string | null;
  readonly emojis: readonly string[];
}

/** Affiliation and role, by nickname. */
export type Who = Readonly<Record<string, readonly [affiliation: string, role: string]>>;

type Line = Fact & { readonly room?: string; readonly who?: Who } & Partial<Said>;

const sorted = (who: Who) => Object.entries(who).sort(([a], [b]) => (a < b ? -1 : 1));

const bareOf = (jid: string) => jid.replace(/\/.*/, '');

export class SlixmppDevice extends DrivenDevice<Line> {
  constructor(server: Server, user: string, resource: string) {
    super('slixmpp-device.py', server, user, resource);
  }

  /** Resolves to the id that it gave the message. */
  async send(to: string, body: string, type: 'chat' | 'groupchat' = 'chat'): Promise<string> {
    return String((await this.wish('send', { to, body, type })).id);
  }

  async correct(to: string, id: string, body: string): Promise<void> {
    await this.wish('correct', { to, id, body });
  }

  async displayed(to: string, id: string): Promise<void> {
    await this.wish('displayed', { to, id });
  }

  async retract(to: string, id: string): Promise<void> {
    await this.wish('retract', { to, id });
  }

  async react(to: string, id: string, emojis: readonly string[]): Promise<void> {
    await this.wish('react', { to, id, emojis });
  }

  async join(room: string, nick: string): Promise<void> {
    await this.wish('join', { room, nick });
  }

  async decline(room: string, to: string, reason: string): Promise<void> {
    await this.wish('decline', { room, to, reason });
  }

  async setSubject(room: string, subject: string): Promise<void> {
    await this.wish('subject', { room, subject });
  }

  /** Which method of stream initiation it chooses from now on. */
  async prefer(method: string): Promise<void> {
    await this.wish('prefer', { method });
  }

  /** Sends a file of random bytes to a full JID; resolves to the method that was chosen, and the SHA-256. */
  async offer(
    to: string,
    file: { readonly name: string; readonly size: number; readonly methods: readonly string[] },
  ): Promise<{ method: string; sha256: string }> {
    const { method, sha256 } = await this.wish('offer', { to, ...file });
    return { method: String(method), sha256: String(sha256) };
  }

  /** Resolves when it sees in a room whom it should, as it should. */
  async sees(room: string, who: Who): Promise<void> {
    const wanted = JSON.stringify(sorted(who));
    const latest = () => this.lines.findLast((line) => line.event === 'occupants' && line.room === room);
    await this.until(() => JSON.stringify(sorted(latest()?.who ?? {})) === wanted || undefined, wanted);
  }

  /** Everything that the account's archive holds of a chat, oldest first. */
  async archive(peer: string): Promise<readonly Said[]> {
    const { messages } = (await this.wish('archive', { peer })) as { messages?: readonly Said[] };
    return messages ?? [];
  }

  /** What came since it came the last time, carbons too. */
  get seen(): readonly Said[] {
    return this.lines.filter(({ event }) => event === 'message') as Said[];
  }

  /** The texts with somebody, as Device tells them; corrections in the place of what they correct. */
  texts(peer: string, messages: readonly Said[] = this.seen): string[] {
    const shown = new Map<string, string>();
    for (const { from, to, id, body, replaces, retracts, reactsTo } of messages) {
      const own = bareOf(from) === this.jid;
      if (bareOf(own ? to : from) !== peer || reactsTo !== null) continue;
      if (retracts !== null) shown.delete(retracts);
      else if (body !== null) shown.set(replaces ?? id, `${own ? '> ' : ''}${body}`);
    }
    return [...shown.values()];
  }

  /** The first message that fits; rejects when it does not come. */
  message(test: Partial<Said>): Promise<Said> {
    const fits = (said: Said) =>
      Object.entries(test).every(([name, value]) => said[name as keyof Said] === value);
    return this.until(() => this.seen.find(fits), JSON.stringify(test));
  }
}
