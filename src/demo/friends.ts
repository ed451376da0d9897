/** The two friends of the demonstration: clients like any other, driven by a few lines of script. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bareOf } from '../chat/address.ts';
import type { Client } from '../chat/client.ts';
import type { FriendWords } from './words.ts';

/** milliseconds that alice seems to type, and that bob waits before his file: so that one can watch */
const TYPING = 1200;
const FILE_AFTER = 2500;

/** Runs `work` after a while, unless the friend has gone home by then. */
function later(friend: Client, milliseconds: number, work: () => void): void {
  const timer = setTimeout(work, milliseconds);
  friend.on('connection', ({ final }) => {
    if (final === true) clearTimeout(timer);
  });
}

/** Answers every message after a moment of typing; says hello when the user comes online. */
export function playAlice(alice: Client, user: string, words: FriendWords): void {
  let said = 0;
  let greeted = false;
  alice.on('message', ({ direction, chat, kind, body }) => {
    if (direction !== 'in' || kind !== 'contact') return;
    const answer = words.answers[said++ % words.answers.length]?.(body) ?? body;
    alice.chats.setTyping(chat, 'composing');
    later(alice, TYPING, () => alice.messages.send(chat, answer));
  });
  alice.on('typing', ({ chat, state }) => {
    if (greeted || chat !== user || state !== 'composing') return;
    greeted = true;
    alice.messages.send(user, words.hello);
  });
}

/** Sends a file when the user comes online, and chats in the room. */
export async function playBob(
  bob: Client,
  user: string,
  room: string,
  folder: string,
  words: FriendWords,
): Promise<void> {
  const path = join(folder, words.fileName);
  await writeFile(path, words.file);
  let sent = false;
  let said = 0;
  bob.on('presence', ({ jid, resource, show }) => {
    if (sent || jid !== user || show === 'offline') return;
    sent = true;
    // A refusal is the user's good right, and the next log-in the next occasion.
    const send = () => bob.files.send(path, `${jid}/${resource}`).catch(() => undefined);
    later(bob, FILE_AFTER, () => void send());
  });
  bob.on('occupant', ({ room: where, nick, event }) => {
    if (where === room && event === 'joined' && nick !== 'alice')
      bob.messages.send(room, words.welcome(nick));
  });
  bob.on('message', ({ direction, chat, nick, body }) => {
    if (direction !== 'in' || bareOf(chat) !== room || nick === undefined || nick === 'alice' || body === '')
      return;
    const answer = words.roomAnswers[said++ % words.roomAnswers.length]?.(nick) ?? nick;
    later(bob, TYPING, () => bob.messages.send(room, answer));
  });
}
