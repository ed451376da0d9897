/** Asks for what an action needs, each parameter by its kind. */
import type { Action } from '../../actions/action.ts';
import type { Param } from '../../actions/params.ts';
import { domainOf } from '../../chat/address.ts';
import type { Face, Seat } from '../face.ts';
import { readValue } from '../parameters.ts';
import { completePath, expandHome, shortFolder } from '../prompts/path.ts';
import type { Input } from '../run-action.ts';
import { choosePerson } from './person.ts';
import { chooseRoom } from './room.ts';
import { choose } from './screen.ts';

export interface AskOptions {
  /** values that are known already; a key with undefined is not asked for */
  readonly preset?: Input | undefined;
  /** questions that fit better than the general ones */
  readonly questions?: Readonly<Record<string, string>> | undefined;
}

/** Resolves to the input of an action, undefined where the user goes back at a value that is needed. */
export async function askFor(
  face: Face,
  seat: Seat,
  action: Action,
  { preset = {}, questions = {} }: AskOptions = {},
): Promise<Input | undefined> {
  const input: Record<string, unknown> = { ...preset };
  const general: Readonly<Record<string, string>> = face.words.help.questions;
  for (const [name, param] of Object.entries(action.params)) {
    if (Object.hasOwn(input, name)) continue;
    const message = questions[name] ?? general[name] ?? name;
    const value = await askValue(face, seat, param, message);
    if (value === undefined && param.required) return undefined;
    input[name] = value;
  }
  return input;
}

/** Asks for one value by its kind; undefined where nothing was given. */
export async function askValue(
  face: Face,
  seat: Seat,
  param: Param<unknown>,
  message: string,
): Promise<unknown> {
  const { terminal, words } = face;
  switch (param.kind) {
    case 'jid':
    case 'full-jid':
      return choosePerson(face, seat, { message, full: param.kind === 'full-jid' });
    case 'room':
      return chooseRoom(face, seat, message);
    case 'password':
      return askNewPassword(face, message);
    case 'switch':
      return terminal.confirm({ message, initial: false });
    case 'choice':
      return choose(
        face,
        message,
        (param.choices ?? []).map((value) => ({ name: choiceName(face, value), value })),
      );
    case 'path':
      return askPath(face, message);
    default: {
      const shown = param.required ? message : `${message} (${words.prompts.optional})`;
      return askText(face, seat, param, shown);
    }
  }
}

/** Empty means: nothing. Several values are separated by commas. */
async function askText(face: Face, seat: Seat, param: Param<unknown>, message: string): Promise<unknown> {
  const domain = seat.client.account === '' ? undefined : domainOf(seat.client.account);
  const read = (text: string) => readValue(param, text, { domain, now: face.now(), label: message });
  const parts = (text: string) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  const typed = await face.terminal.text({
    message,
    validate(text) {
      if (text.trim() === '') return undefined;
      try {
        for (const part of param.many ? parts(text) : [text]) read(part);
        return undefined;
      } catch (error) {
        return face.render.problem(error);
      }
    },
  });
  if (param.many) return parts(typed).map(read);
  return typed.trim() === '' ? undefined : read(typed);
}

/** Twice, since nobody sees what is typed; undefined where nothing was. */
export async function askNewPassword(
  { terminal, words, theme }: Face,
  message: string,
): Promise<string | undefined> {
  for (;;) {
    const first = await terminal.password({ message });
    if (first === '') return undefined;
    const second = await terminal.password({ message: words.menus.changePassword.again });
    if (first === second) return first;
    terminal.log(theme.error(words.menus.changePassword.different));
  }
}

/** A path typed with Tab, from `folder` on; `~/` is the home folder. Undefined where nothing was typed. */
export async function askPath(
  { terminal }: Face,
  message: string,
  folder?: string,
): Promise<string | undefined> {
  const prefill = folder === undefined ? '' : shortFolder(folder);
  const typed = (await terminal.text({ message, prefill, complete: completePath })).trim();
  return typed === '' || typed === prefill ? undefined : expandHome(typed);
}

/** A show has a word of its own; other choices are the field's names. */
function choiceName({ words }: Face, value: string): string {
  const shows: Readonly<Record<string, string>> = words.words.shows;
  return shows[value] ?? value;
}
