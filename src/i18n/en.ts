/** English: the catalogue. Every other language has the same shape, or the compile fails. */
import { conversation } from './en/conversation.ts';
import { menus } from './en/menus.ts';
import { prompts } from './en/prompts.ts';

export const en = { language: 'en', menus, prompts, conversation };
