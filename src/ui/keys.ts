/**
 * The keyboard. Standard input stays raw for the whole run, so that nothing echoes between two prompts and
 * what is typed ahead waits for the next one. Bytes become keys here; each prompt gets a stream that carries
 * nothing but `keypress` events, so inquirer's readline edits, and never reads.
 */
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { type Key, KeyDecoder } from './keys/decoder.ts';
import { BREAK } from './screen/frame.ts';

export interface KeyboardInput extends Readable {
  readonly isTTY?: boolean | undefined;
  setRawMode?(raw: boolean): unknown;
}

export interface KeysEvents {
  /** Ctrl-C, at once: what was typed ahead is dropped */
  interrupt: [];
  /** Ctrl-L */
  redraw: [];
  /** Ctrl-Z */
  suspend: [];
  /** the window got or lost the focus, where the terminal tells */
  focus: [focused: boolean];
  /** any other key */
  typed: [];
  /** a prompt got a key: what that changed can be shown */
  pressed: [];
  /** the terminal went away */
  gone: [];
}

export interface KeyInputOptions {
  /** text is edited: printable keys typed ahead arrive together */
  readonly text?: boolean;
  /** a line break can be part of the text (Alt-Enter, Ctrl-J, paste) */
  readonly multiline?: boolean;
}

/** A prompt's input. */
export class KeyInput extends Readable {
  readonly text: boolean;
  readonly multiline: boolean;

  constructor(options: KeyInputOptions) {
    super({ read() {} });
    this.text = options.text === true;
    this.multiline = options.multiline === true;
  }
}

export class Keys extends EventEmitter<KeysEvents> {
  private readonly stdin: KeyboardInput;
  private readonly decoder: KeyDecoder;
  private readonly queue: Key[] = [];
  /** open prompts; the last one gets the keys */
  private readonly inputs: KeyInput[] = [];
  /** among the inputs, those that take no key */
  private readonly walls = new Set<KeyInput>();
  private next: NodeJS.Immediate | undefined;

  constructor(stdin: KeyboardInput) {
    super();
    this.stdin = stdin;
    this.decoder = new KeyDecoder((key) => this.take(key));
    this.raw();
    stdin.setEncoding('utf8');
    stdin.on('data', this.feed);
    stdin.on('end', this.ended);
    stdin.on('error', this.ended);
  }

  /** Opens the input of a prompt that is about to start; keys reach it once `ready` is called. */
  open(options: KeyInputOptions = {}): { input: KeyInput; ready(): void; close(): void } {
    const input = new KeyInput(options);
    const close = () => {
      const index = this.inputs.indexOf(input);
      if (index >= 0) this.inputs.splice(index, 1);
      input.destroy();
      this.deliver();
    };
    const ready = () => {
      this.inputs.push(input);
      this.deliver();
    };
    return { input, ready, close };
  }

  /** Puts the terminal into raw mode, also after something else changed it: off first, or it is taken as set. */
  raw(): void {
    this.cooked();
    this.stdin.setRawMode?.(true);
  }

  cooked(): void {
    this.stdin.setRawMode?.(false);
  }

  /** From now on keys wait for a prompt that opens later, until the returned function is called. */
  hold(): () => void {
    const wall = new KeyInput({});
    this.walls.add(wall);
    this.inputs.push(wall);
    return () => {
      this.walls.delete(wall);
      const index = this.inputs.indexOf(wall);
      if (index >= 0) this.inputs.splice(index, 1);
      wall.destroy();
      this.deliver();
    };
  }

  /** Another program reads the keys. */
  rest(): void {
    this.stdin.pause();
    this.cooked();
  }

  wake(): void {
    if (this.stdin.destroyed) return;
    this.raw();
    this.stdin.resume();
  }

  close(): void {
    this.stdin.off('data', this.feed);
    this.stdin.off('end', this.ended);
    this.decoder.close();
    if (this.next) clearImmediate(this.next);
    this.next = undefined;
    this.stdin.pause();
    if (!this.stdin.destroyed) this.cooked();
  }

  private readonly feed = (chunk: string | Buffer): void => this.decoder.feed(String(chunk));
  private readonly ended = (): void => {
    this.emit('gone');
  };

  private take(key: Key): void {
    if (key.kind !== 'focus') this.emit('typed');
    if (key.kind === 'focus') this.emit('focus', key.focused);
    else if (key.kind === 'command') this.command(key.command);
    else {
      this.queue.push(key);
      if (!this.next) this.deliver();
    }
  }

  private command(command: 'interrupt' | 'redraw' | 'suspend'): void {
    if (command === 'interrupt') this.queue.length = 0;
    this.emit(command);
  }

  // One key per turn of the event loop: a key may end its prompt, and the next belongs to the one after it.
  private deliver(): void {
    const input = this.inputs.at(-1);
    if (!input || this.walls.has(input) || this.next || this.queue.length === 0) return;
    const key = this.queue.shift();
    if (key) this.press(input, key);
    this.emit('pressed');
    if (this.queue.length === 0) return;
    this.next = setImmediate(() => {
      this.next = undefined;
      this.deliver();
    });
  }

  private press(input: KeyInput, key: Key): void {
    if (key.kind === 'text') input.emit('keypress', this.run(input, key.text), plain(key.name, key.text));
    else if (key.kind === 'paste') {
      const text = input.multiline ? key.text.replaceAll('\n', BREAK) : key.text.replaceAll('\n', ' ');
      if (text !== '' && input.text) input.emit('keypress', text, plain('paste', text));
    } else if (key.kind === 'break') {
      if (input.multiline) input.emit('keypress', BREAK, plain('break', BREAK));
      else input.emit('keypress', undefined, plain('return', '\r'));
    } else if (key.kind === 'named') input.emit('keypress', undefined, key.event);
  }

  /** Printable keys that wait behind this one go with it. */
  private run(input: KeyInput, first: string): string {
    let text = first;
    while (input.text && this.queue[0]?.kind === 'text') {
      const following = this.queue.shift();
      if (following?.kind === 'text') text += following.text;
    }
    return text;
  }
}

const plain = (name: string | undefined, sequence: string) => ({
  name,
  sequence,
  ctrl: false,
  meta: false,
  shift: false,
});
