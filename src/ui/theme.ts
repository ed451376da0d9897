/**
 * Colours. One colour per person after XEP-0392 "Consistent Color Generation", 1.0.1
 * (https://xmpp.org/extensions/xep-0392.html).
 */
import { createHash } from 'node:crypto';
import { Chalk, type ColorSupportLevel, supportsColor } from 'chalk';
import { hsluvToRgb, rgbToHue } from './theme/hsluv.ts';

export interface Theme {
  /** 0: no colours at all; 1: 16; 2: 256; 3: true colour */
  readonly level: 0 | 1 | 2 | 3;
  bold(text: string): string;
  dim(text: string): string;
  italic(text: string): string;
  strike(text: string): string;
  /** preformatted text */
  code(text: string): string;
  /** the footer */
  bar(text: string): string;
  accent(text: string): string;
  success(text: string): string;
  warning(text: string): string;
  error(text: string): string;
  /** counts beside a menu item */
  badge(text: string): string;
  /** a message that names us */
  mention(text: string): string;
  /** the word NOTIFICATION */
  notification(text: string): string;
  /** `text` in the colour of `identity`: a prepared bare JID, or a nickname in a room (XEP-0392 §6.2) */
  person(identity: string, text: string): string;
}

export interface ThemeOptions {
  readonly level: 0 | 1 | 2 | 3;
  readonly background: 'dark' | 'light';
}

/** HSLuv lightness with good contrast on each background (XEP-0392 §7). */
const LIGHTNESS = { dark: 70, light: 45 };

export function createTheme({ level, background }: ThemeOptions): Theme {
  const paint = new Chalk({ level });
  const colours = new Map<string, (text: string) => string>();
  const colourOf = (identity: string) => {
    const hue = hueAngle(identity);
    if (level === 0) return (text: string) => text;
    if (level === 1) return paint[nearest(hue)];
    return paint.rgb(...hsluvToRgb(hue, 100, LIGHTNESS[background]));
  };
  const dark = background === 'dark';
  // chalk's own functions take any number of arguments, and whoever calls back may give more than one
  const one = (style: (text: string) => string) => (text: string) => style(text);
  return {
    level,
    bold: one(paint.bold),
    dim: one(paint.dim),
    italic: one(paint.italic),
    strike: one(paint.strikethrough),
    code: one(dark ? paint.yellowBright : paint.magenta),
    bar: one(paint.inverse),
    accent: one(dark ? paint.cyan : paint.blue),
    success: one(paint.green),
    warning: one(dark ? paint.yellow : paint.magenta),
    error: one(paint.red),
    badge: one(dark ? paint.yellow : paint.magenta),
    mention: one(paint.bold.underline),
    notification: one(paint.bold),
    person(identity, text) {
      const known = colours.get(identity) ?? colourOf(identity);
      if (colours.size > 5000) colours.clear();
      colours.set(identity, known);
      return known(text);
    },
  };
}

/** The angle that stands for a text, in degrees (XEP-0392 §5.1): the same in every client. */
export function hueAngle(identity: string): number {
  const digest = createHash('sha1').update(identity, 'utf8').digest();
  return (digest.readUInt16LE(0) / 65536) * 360;
}

// The bright half of the 16 colours without black, white and red, which is for errors; as xterm shows them.
const PALETTE = {
  greenBright: rgbToHue(0, 255, 0),
  yellowBright: rgbToHue(255, 255, 0),
  blueBright: rgbToHue(92, 92, 255),
  magentaBright: rgbToHue(255, 0, 255),
  cyanBright: rgbToHue(0, 255, 255),
} as const;
type PaletteColour = keyof typeof PALETTE;

/** The palette's colour closest to an angle (XEP-0392 §5.4). */
function nearest(hue: number): PaletteColour {
  const distance = (name: PaletteColour) => {
    const apart = Math.abs(PALETTE[name] - hue) % 360;
    return Math.min(apart, 360 - apart);
  };
  const names = Object.keys(PALETTE) as PaletteColour[];
  return names.reduce((best, name) => (distance(name) < distance(best) ? name : best));
}

/**
 * How many colours to use. `wanted` false is `--no-color`; NO_COLOR (https://no-color.org) and an output that
 * is no terminal mean none, FORCE_COLOR overrides both.
 */
export function colourLevel(
  wanted: boolean | undefined,
  isTTY: boolean,
  env: Readonly<Record<string, string | undefined>>,
): 0 | 1 | 2 | 3 {
  if (wanted === false) return 0;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== '') {
    const n = Number(forced);
    if (forced === 'false' || n === 0) return 0;
    return n === 2 || n === 3 ? n : (Math.max(1, detected()) as 1 | 2 | 3);
  }
  if (env.NO_COLOR || !isTTY || env.TERM === 'dumb') return 0;
  return detected();
}

const detected = (): ColorSupportLevel => (supportsColor ? supportsColor.level : 0);

/** Whether the terminal says that its background is light (COLORFGBG, of rxvt, Konsole and others). */
export function backgroundOf(env: Readonly<Record<string, string | undefined>>): 'dark' | 'light' {
  const colour = Number(/;(\d+)$/.exec(env.COLORFGBG ?? '')?.[1] ?? 0);
  return colour === 7 || colour === 15 ? 'light' : 'dark';
}
