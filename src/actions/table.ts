/** THE TABLE: what a person can ask for, once. Flags, menus, `/commands` and JSON commands are made from it. */
import { changePassword, deleteAccount, logout, reconnect, setting, status, wipeData } from './account.ts';
import type { Action } from './action.ts';
import { archiving } from './archiving.ts';
import { conference } from './conference.ts';
import {
  accept,
  addContact,
  approve,
  block,
  blocked,
  contacts,
  decline,
  devices,
  refuse,
  removeContact,
  requests,
  unblock,
  user,
  users,
} from './contacts.ts';
import { doctor } from './doctor.ts';
import { exportChat } from './export.ts';
import { cancelFile, get, sendFile, waitingFiles } from './files.ts';
import { edit, history, react, reply, retract, search, send, sendRoom, versions } from './messages.ts';
import { profile } from './profile.ts';
import { register } from './register.ts';
import {
  affiliation,
  affiliations,
  ban,
  destroy,
  kick,
  moderate,
  registerNick,
  role,
  roomConfig,
  unban,
  voice,
} from './room-administration.ts';
import { invite, join, leave, nick, rooms, subject } from './rooms.ts';
import { sendLines } from './send-lines.ts';

/** in the order of `--help` */
export const actions: readonly Action[] = [
  register,
  send,
  sendRoom,
  sendLines,
  sendFile,
  waitingFiles,
  cancelFile,
  get,
  contacts,
  users,
  user,
  addContact,
  removeContact,
  approve,
  decline,
  rooms,
  join,
  leave,
  subject,
  nick,
  registerNick,
  invite,
  conference,
  kick,
  ban,
  unban,
  role,
  voice,
  affiliation,
  affiliations,
  moderate,
  roomConfig,
  destroy,
  requests,
  accept,
  refuse,
  status,
  history,
  search,
  exportChat,
  reply,
  react,
  edit,
  retract,
  versions,
  changePassword,
  deleteAccount,
  wipeData,
  block,
  unblock,
  blocked,
  archiving,
  devices,
  profile,
  setting,
  reconnect,
  doctor,
  logout,
];

const byName = new Map(actions.map((entry) => [entry.name, entry]));

export function findAction(name: string): Action | undefined {
  return byName.get(name);
}
