/** Bytes of a terminal to keys: Node's own decoder of sequences, with Esc, paste, focus and commands made out. */

import { emitKeypressEvents } from 'node:readline';
import { Readable } from 'node:stream';
import { BREAK } from '../screen/frame.ts';

export interface KeyEvent {
  readonly name: string | undefined;
  readonly sequence: string;
  readonly ctrl: boolean;
  readonly meta: boolean;
  readonly shift: boolean;
}

export type Key =
  /** something printable; `name` is readline's for it */
  | { readonly kind: 'text'; readonly text: string; readonly name: string | undefined }
  /** a key that prints nothing */
  | { readonly kind: 'named'; readonly event: KeyEvent }
  /** Alt-Enter, Shift-Enter where told apart, Ctrl-J */
  | { readonly kind: 'break' }
  /** a bracketed paste, cleaned, with `\n` between lines */
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'focus'; readonly focused: boolean }
  | { readonly kind: 'command'; readonly command: 'interrupt' | 'redraw' | 'suspend' };

const ESC = '\x1b';
/** How long an Esc may be the first byte of a sequence that the network cut. Nobody sees it. */
const ESC_MILLISECONDS = 25;
/** How long to wait for the rest of a paste. Its end gets lost on some ways; the keyboard must not go with it. */
const PASTE_MILLISECONDS = 5000;
/** Shift-Enter and Ctrl-Enter of terminals that tell them apart (CSI u, modifyOtherKeys). */
const BREAKS = /^\x1b\[(?:13;[2-8]u|27;[2-8];13~)$/;
const COMMANDS: Record<string, 'interrupt' | 'redraw' | 'suspend'> = {
  c: 'interrupt',
  l: 'redraw',
  z: 'suspend',
};

export class KeyDecoder {
  private readonly emit: (key: Key) => void;
  private readonly bytes = new Readable({ read() {} });
  private escape: NodeJS.Timeout | undefined;
  private paste: NodeJS.Timeout | undefined;
  private pasted: string | undefined;

  constructor(emit: (key: Key) => void) {
    this.emit = emit;
    emitKeypressEvents(this.bytes);
    this.bytes.on('keypress', (text: string | undefined, event: KeyEvent) => this.decoded(text, event));
  }

  feed(chunk: string): void {
    const held = this.escape !== undefined;
    this.stopWaiting();
    let text = held ? ESC + chunk : chunk;
    if (text === '\x03') this.endPaste(false);
    if (text.endsWith(ESC)) {
      text = text.slice(0, -1);
      this.escape = setTimeout(() => {
        this.escape = undefined;
        this.emit({ kind: 'named', event: named('escape', ESC) });
      }, ESC_MILLISECONDS);
    }
    if (text !== '') this.bytes.emit('data', text);
    if (this.pasted === undefined) return;
    clearTimeout(this.paste);
    this.paste = setTimeout(() => this.endPaste(true), PASTE_MILLISECONDS);
  }

  close(): void {
    this.stopWaiting();
    this.endPaste(false);
    this.bytes.destroy();
  }

  private stopWaiting(): void {
    clearTimeout(this.escape);
    this.escape = undefined;
  }

  private decoded(text: string | undefined, event: KeyEvent): void {
    if (this.pasted !== undefined) this.pasting(this.pasted, text, event);
    else if (event.name === 'paste-start') this.pasted = '';
    else this.key(text, event);
  }

  private pasting(before: string, text: string | undefined, event: KeyEvent): void {
    if (event.name === 'paste-end') this.endPaste(true);
    else this.pasted = before + (event.sequence ?? text ?? '');
  }

  private endPaste(taken: boolean): void {
    const text = this.pasted;
    this.pasted = undefined;
    clearTimeout(this.paste);
    this.paste = undefined;
    if (taken && text !== undefined) this.emit({ kind: 'paste', text: cleanPaste(text) });
  }

  private key(text: string | undefined, event: KeyEvent): void {
    const { name = '', sequence } = event;
    const command = event.ctrl && !event.meta && !event.shift ? COMMANDS[name] : undefined;
    if (command) this.emit({ kind: 'command', command });
    else if (sequence === `${ESC}[I`) this.emit({ kind: 'focus', focused: true });
    else if (sequence === `${ESC}[O`) this.emit({ kind: 'focus', focused: false });
    else if (name === 'enter' || (name === 'return' && event.meta) || BREAKS.test(sequence)) {
      this.emit({ kind: 'break' });
    }
    // readline would end its input on Ctrl-D in an empty line, and the prompt would hang
    else if (event.ctrl && name === 'd') this.emit({ kind: 'named', event: named('delete', sequence) });
    else if (printable(text, event)) this.emit({ kind: 'text', text, name: event.name });
    else if (name !== '') this.emit({ kind: 'named', event });
  }
}

/** The sequence of Ctrl-D, which arrives as `delete`: at the end of input in an empty line. */
export const END_OF_TRANSMISSION = '\x04';

const named = (name: string, sequence: string): KeyEvent => ({
  name,
  sequence,
  ctrl: false,
  meta: false,
  shift: false,
});

function printable(text: string | undefined, event: KeyEvent): text is string {
  return text !== undefined && text !== '' && !event.ctrl && !event.meta && !/[\p{Cc}\u{F8D4}]/u.test(text);
}

/** Controls out, tabs to spaces, one kind of line break, none at the end. */
function cleanPaste(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replaceAll('\t', '    ')
    .replaceAll(BREAK, '')
    .replace(/\x1b\[[?\d;]*[A-Za-z]/g, '')
    .replace(/[^\P{Cc}\n]/gu, '')
    .replace(/\n+$/, '');
}
