/**
 * What many terminals can do beyond text, each as a string to write and only where the environment says that
 * the terminal knows it. Every argument is made harmless here: an escape in a title would end it.
 */
import { brief, sanitize } from '../sanitize.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Abilities {
  /** OSC 8: text that can be clicked */
  readonly links: boolean;
  /** how it shows a desktop notification */
  readonly notices: 'osc9' | 'osc777' | undefined;
  readonly title: boolean;
}

const OSC = '\x1b]';
const ST = '\x1b\\';
const NONE: Abilities = { links: false, notices: undefined, title: false };

const LINKING = new Set(['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper', 'rio']);
const NOTICING = new Set(['iTerm.app', 'WezTerm', 'ghostty']);

/** Judges by the environment only: asking the terminal would mix its answer with what is typed. */
export function abilities(isTTY: boolean, env: Environment): Abilities {
  const { TERM = '', TERM_PROGRAM = '' } = env;
  if (!isTTY || TERM === '' || TERM === 'dumb' || TERM === 'linux') return NONE;
  const multiplexed = env.TMUX !== undefined || env.STY !== undefined || /^(screen|tmux)/.test(TERM);
  if (multiplexed) {
    const links = TERM_PROGRAM === 'tmux' && Number.parseFloat(env.TERM_PROGRAM_VERSION ?? '') >= 3.4;
    return { links, notices: undefined, title: true };
  }
  const modern = /^(xterm-kitty|foot|alacritty|xterm-ghostty|wezterm)/.test(TERM);
  const links =
    modern ||
    LINKING.has(TERM_PROGRAM) ||
    env.WT_SESSION !== undefined ||
    env.KONSOLE_VERSION !== undefined ||
    Number(env.VTE_VERSION ?? 0) >= 5000;
  return { links, notices: noticing(TERM, TERM_PROGRAM), title: true };
}

function noticing(term: string, program: string): Abilities['notices'] {
  if (/^(rxvt-unicode|foot)/.test(term)) return 'osc777';
  if (NOTICING.has(program) || /^(xterm-kitty|xterm-ghostty|wezterm)/.test(term)) return 'osc9';
  return undefined;
}

/** The address itself as a clickable label; plain where the terminal does not link or the address is odd. */
export function link(address: string, can: Abilities): string {
  const label = sanitize(address);
  if (!can.links || label !== address || !/^(https?|xmpp|mailto|geo):[!-~]+$/i.test(address)) return label;
  return `${OSC}8;;${address}${ST}${label}${OSC}8;;${ST}`;
}

/** A desktop notification, or a bell where the terminal has none. */
export function desktopNotice(title: string, body: string, can: Abilities): string {
  const [first, second] = [field(title), field(body)];
  if (can.notices === 'osc777') return `${OSC}777;notify;${first};${second}${ST}`;
  // the leading word keeps a text such as “4;1” from being read as a progress bar
  if (can.notices === 'osc9') return `${OSC}9;${first}: ${second}${ST}`;
  return BELL;
}

export const BELL = '\x07';

/** Sets the window's title; `restoreTitle` brings back what it was before `saveTitle`. */
export function windowTitle(text: string, can: Abilities): string {
  return can.title ? `${OSC}2;${field(text)}${ST}` : '';
}

export const saveTitle = (can: Abilities): string => (can.title ? '\x1b[22;2t' : '');
export const restoreTitle = (can: Abilities): string => (can.title ? '\x1b[23;2t' : '');

const field = (text: string): string => brief(text).replaceAll(';', ',');
