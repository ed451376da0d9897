/** The names that Tab completes in a chat. */
import type { Face, Seat } from '../face.ts';
import { ALIASES, slashActions, VIEW_COMMANDS } from '../slash.ts';
import type { Completable } from './completion.ts';

/** what people react with most; any other can be pasted */
const EMOJIS: readonly string[] = ['👍', '❤️', '😂', '🎉', '😮', '😢', '🙏', '👎'];

export function completable(face: Face, { client }: Seat, chat: string): Completable {
  const actions = slashActions(face.actions);
  const names = new Set([
    ...actions.map((action) => action.name),
    ...VIEW_COMMANDS,
    ...Object.keys(ALIASES),
    'me',
  ]);
  const room = client.rooms.get(
    client.chats.kindOf(chat) === 'private' ? (chat.split('/')[0] ?? chat) : chat,
  );
  const contacts = client.contacts.list();
  const firstParam = (command: string) => {
    const name = Object.hasOwn(ALIASES, command) ? ALIASES[command] : command;
    const action = actions.find((entry) => entry.name === name);
    return action?.value === undefined ? undefined : action.params[action.value];
  };
  return {
    commands: [...names].sort(),
    names:
      room === undefined
        ? contacts.flatMap((contact) => (contact.name === '' ? [] : [contact.name]))
        : room.occupants.map((occupant) => occupant.nick).filter((nick) => nick !== room.nick),
    addresses: [...contacts.map((contact) => contact.jid), ...client.rooms.list().map((entry) => entry.room)],
    choices: (command) => (command === 'react' ? EMOJIS : firstParam(command)?.choices),
    takesPath: (command) => firstParam(command)?.kind === 'path',
  };
}
