/** Español. */
import type { en } from './en.ts';
import { conversation } from './es/conversation.ts';
import { menus } from './es/menus.ts';
import { prompts } from './es/prompts.ts';

export const es: typeof en = { language: 'es', menus, prompts, conversation };
