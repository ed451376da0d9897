/** English: the catalogue. Every other language has the same shape, or the compile fails. */
import { conversation } from './en/conversation.ts';
import { doctor } from './en/doctor.ts';
import { errors } from './en/errors.ts';
import { forms } from './en/forms.ts';
import { help } from './en/help.ts';
import { menus } from './en/menus.ts';
import { notices } from './en/notices.ts';
import { notifications } from './en/notifications.ts';
import { prompts } from './en/prompts.ts';
import { roomMenus } from './en/room-menus.ts';
import { tables } from './en/tables.ts';
import { words } from './en/words.ts';

export const en = {
  language: 'en',
  menus,
  prompts,
  conversation,
  notices,
  notifications,
  tables,
  words,
  errors,
  help,
  forms,
  doctor,
  roomMenus,
};
