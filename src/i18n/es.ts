/** Español. */
import type { en } from './en.ts';
import { conversation } from './es/conversation.ts';
import { doctor } from './es/doctor.ts';
import { errors } from './es/errors.ts';
import { forms } from './es/forms.ts';
import { help } from './es/help.ts';
import { menus } from './es/menus.ts';
import { notices } from './es/notices.ts';
import { notifications } from './es/notifications.ts';
import { prompts } from './es/prompts.ts';
import { roomMenus } from './es/room-menus.ts';
import { tables } from './es/tables.ts';
import { words } from './es/words.ts';

export const es: typeof en = {
  language: 'es',
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
