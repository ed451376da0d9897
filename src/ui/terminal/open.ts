/** Opens the terminal for a run: screen, keyboard, prompts, signals, and what leads back out of all of them. */

import { type KeyboardInput, Keys } from '../keys.ts';
import type { Asking } from '../prompts/asking.ts';
import { interactivePrompts } from '../prompts/interactive.ts';
import { completePath, expandHome } from '../prompts/path.ts';
import { plainPrompts } from '../prompts/plain.ts';
import { createRunner, type Runner, warmPrompts } from '../prompts/run.ts';
import type { PromptWords } from '../prompts/words.ts';
import { abilities, BELL, desktopNotice, link, restoreTitle, saveTitle, windowTitle } from '../screen/osc.ts';
import { Screen, type ScreenOutput } from '../screen.ts';
import { EndOfInputError, type PromptOptions, type Terminal, type TextPrompt } from '../terminal.ts';
import type { Theme } from '../theme.ts';
import { type Attention, attention } from './attention.ts';
import { lending } from './lending.ts';
import { pageText } from './paging.ts';
import { type EndSignal, onEndSignals, releaseDescriptors } from './signals.ts';

export interface TerminalOptions {
  readonly input: KeyboardInput;
  /** where everything is shown, prompts too: standard error in a run whose results go to standard output */
  readonly output: ScreenOutput;
  readonly words: PromptWords;
  readonly theme: Theme;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** default: input and output are terminals and can move the cursor */
  readonly interactive?: boolean;
}

export interface OpenTerminal extends Terminal, Pick<Asking, 'checkbox'> {
  readonly screen: Screen;
  /** Asks for a path with completion by Tab; resolves to it with `~` expanded. */
  path(prompt: Omit<TextPrompt, 'complete' | 'multiline'>, options?: PromptOptions): Promise<string>;
  /** A desktop notification where the window is not looked at and the terminal can; else a bell. Sanitises. */
  notify(title: string, body: string): void;
  setTitle(title: string): void;
  /** the address as clickable text, where the terminal can; sanitised */
  link(address: string): string;
  /** Begins to load what prompts need. */
  warm(): void;
  /** when Ctrl-C is pressed and no prompt is open; without a listener it counts as SIGINT */
  onInterrupt(listener: () => void): () => void;
  /** when a signal wants the program to end, or the terminal went away (SIGHUP): at most once each */
  onSignal(listener: (signal: EndSignal) => void): () => void;
  /** when nobody reads the output any more; nothing is written after that */
  onGone(listener: () => void): () => void;
  /** Gives the terminal back as it was; resolves when everything shown has left the program. */
  close(): Promise<void>;
}

/** How long the shell has to stop us after Ctrl-Z; without a shell nobody does. */
const STOP_MILLISECONDS = 200;

export function openTerminal(options: TerminalOptions): OpenTerminal {
  const { input, output, words, theme, env } = options;
  const interactive =
    options.interactive ?? (input.isTTY === true && output.isTTY === true && env.TERM !== 'dumb');
  const can = abilities(interactive, env);
  const gone = listeners<[]>();
  const interrupted = listeners<[]>();
  const signalled = listeners<[EndSignal]>();
  const received = new Set<EndSignal>();

  const screen = new Screen(output, {
    live: interactive,
    onGone: () => (interactive ? signal('SIGHUP') : gone.tell()),
  });
  const dress = {
    words,
    theme,
    columns: () => screen.columns,
    rows: () => screen.promptRows,
    onResize: (listener: () => void) => screen.onResize(listener),
  };
  let person: { keys: Keys; runner: Runner } | undefined;
  let asking: Asking;
  let plain: { close(): void } | undefined;
  if (interactive) {
    const keys = new Keys(input);
    const runner = createRunner(screen, keys);
    person = { keys, runner };
    asking = interactivePrompts(runner, dress);
  } else {
    const prompts = plainPrompts({ input, words, log: (text) => screen.log(text) });
    plain = prompts;
    asking = prompts;
  }

  let watched: Attention | undefined;
  let focused = true;
  let titled = false;
  let stopping: NodeJS.Timeout | undefined;
  let unstopped: NodeJS.Immediate | undefined;
  let hungUp: NodeJS.Timeout | undefined;

  const lent = lending(screen, () => person?.keys);
  const ended = new AbortController();
  const signal = (name: EndSignal): void => {
    // Ctrl-C where another program has the terminal is meant for that one.
    if (name === 'SIGINT' && lent.away) lent.interrupted();
    else end(name);
  };
  const end = (name: EndSignal): void => {
    if (received.has(name)) return;
    received.add(name);
    ended.abort();
    // told first: what the hang-up ends besides must not decide how the program ends
    signalled.tell(name);
    if (name === 'SIGHUP' && interactive) hangUp();
  };
  /** The loop stays alive until `close`: a program that ends by itself here would end in a native trace. */
  const hangUp = (): void => {
    hungUp ??= setInterval(() => {}, 60_000);
    person?.keys.close();
    // restores a terminal that is still there: SIGHUP may come from `kill`
    screen.close();
    screen.abandon();
    releaseDescriptors();
    asking.end();
    gone.tell();
  };
  const resume = (): void => {
    if (lent.away) return;
    clearTimeout(stopping);
    clearImmediate(unstopped);
    person?.keys.raw();
    screen.resume();
  };
  const suspend = (): void => {
    if (process.platform === 'win32') return;
    screen.suspend();
    person?.keys.cooked();
    // After a longer stop timers come before signals: a SIGCONT that waits goes first, or the block is drawn twice.
    stopping = setTimeout(() => {
      unstopped = setImmediate(resume);
    }, STOP_MILLISECONDS);
    // the whole job, as the terminal itself would: npm and npx stand before us
    process.kill(0, 'SIGTSTP');
  };

  const stopListening = onEndSignals(signal);
  const exiting = () => screen.close();
  process.on('exit', exiting);
  if (person) {
    const { keys, runner } = person;
    process.on('SIGCONT', resume);
    keys.on('suspend', suspend);
    keys.on('redraw', screen.redraw);
    keys.on('pressed', () => screen.show());
    watched = attention(keys);
    keys.on('focus', (now) => {
      focused = now;
    });
    keys.on('gone', () => signal('SIGHUP'));
    keys.on('interrupt', () => {
      if (runner.interrupt()) return;
      if (interrupted.count() > 0) interrupted.tell();
      else signal('SIGINT');
    });
  }

  return {
    ...asking,
    interactive,
    screen,
    get columns() {
      return screen.columns;
    },
    log: (text) => screen.log(text),
    setFooter: (line) =>
      screen.setFooter((columns) => {
        const text = typeof line === 'string' ? line : line(columns);
        return text === '' ? [] : text.split('\n');
      }),
    bell: () => screen.signal(BELL),
    clear: () => screen.clear(),
    get away() {
      return lent.away;
    },
    page: (text) =>
      pageText(text, {
        env,
        words,
        screen,
        asking,
        lent,
        hold: () => person?.keys.hold() ?? (() => {}),
        signal: ended.signal,
      }),
    async path(prompt, promptOptions) {
      const given = await asking.text({ ...prompt, complete: completePath }, promptOptions);
      return expandHome(given);
    },
    notify: (title, body) => screen.signal(focused ? BELL : desktopNotice(title, body, can)),
    setTitle(title) {
      screen.signal((titled ? '' : saveTitle(can)) + windowTitle(title, can));
      titled = true;
    },
    link: (address) => link(address, can),
    warm() {
      // a failure shows at the first prompt
      if (interactive) warmPrompts().catch(() => {});
    },
    onInterrupt: interrupted.add,
    onTyped(listener) {
      person?.keys.on('typed', listener);
      return () => person?.keys.off('typed', listener);
    },
    onAttention: (listener) => watched?.add(listener) ?? (() => {}),
    onSignal: signalled.add,
    onGone: gone.add,
    async close() {
      if (titled) screen.signal(restoreTitle(can));
      person?.runner.closeAll(new EndOfInputError());
      screen.close();
      stopListening();
      process.off('exit', exiting);
      process.off('SIGCONT', resume);
      clearTimeout(stopping);
      clearImmediate(unstopped);
      watched?.close();
      if (!hungUp) person?.keys.close();
      clearInterval(hungUp);
      plain?.close();
      await screen.written();
    },
  };
}

function listeners<Arguments extends unknown[]>() {
  const all = new Set<(...values: Arguments) => void>();
  return {
    add(listener: (...values: Arguments) => void): () => void {
      all.add(listener);
      return () => all.delete(listener);
    },
    tell(...values: Arguments): void {
      for (const listener of [...all]) listener(...values);
    },
    count: () => all.size,
  };
}
