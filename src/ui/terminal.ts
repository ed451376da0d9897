/**
 * What the menus and the conversation need of a terminal. Implemented over the screen and inquirer for a
 * person, over one line reader where standard input is no terminal, and by a script in tests.
 * Every text handed over is ready to be shown: sanitised and coloured by the caller.
 */

/** Ctrl-C at a prompt: one goes back one level. */
export class InterruptedError extends Error {
  override name = 'InterruptedError';
}

/** Standard input is at its end: nobody will answer any more. */
export class EndOfInputError extends Error {
  override name = 'EndOfInputError';
}

/** Calls `redraw` whenever the open prompt may look different; gives the function that ends this. */
export type Subscribe = (redraw: () => void) => () => void;

export interface MenuItem {
  /** what is typed: a number or a letter; '' for a heading, which cannot be chosen */
  readonly key: string;
  readonly name: string;
  readonly value: string;
  readonly badge?: string | undefined;
}

export interface MenuPrompt {
  readonly message: string;
  /** asked again at each redraw, so that badges live */
  items(): readonly MenuItem[];
  readonly subscribe?: Subscribe | undefined;
  /** what stays on the screen: message and chosen item (default), or the item alone, where it says all */
  readonly echo?: 'item' | undefined;
  /** value of the item that Esc chooses; choosing it leaves nothing on the screen */
  readonly back?: string | undefined;
  /** value of the item that Enter chooses at first */
  readonly initial?: string | undefined;
  /** where whole lines are read: the value that a text means which is no key */
  typed?(text: string): string | undefined;
  /** only the message is shown, so that what was printed before stays in view; the keys work all the same */
  readonly folded?: boolean | undefined;
}

/** What Tab offers for the text before the cursor: `options` replace everything from `from` on. */
export interface Completion {
  readonly from: number;
  readonly options: readonly string[];
}

export interface TextPrompt {
  readonly message: string;
  /** taken when nothing is typed */
  readonly initial?: string | undefined;
  /** stands in the line from the start, to be changed */
  readonly prefill?: string | undefined;
  /** the text may have several lines: Alt-Enter, Ctrl-J, paste; `\` at the end of a line where it is no terminal */
  readonly multiline?: boolean | undefined;
  /** a sentence where the text cannot be taken: shown, and asked again */
  validate?(text: string): string | undefined;
  complete?(line: string, cursor: number): Completion;
}

export interface ConversationPrompt {
  /** stands before the input */
  prompt(): string;
  /** live lines above the input: own messages that wait for their mark, who is typing */
  above(): readonly string[];
  readonly subscribe: Subscribe;
  /** what was left unsent the last time; may hold line breaks */
  readonly draft: string;
  /** lines that Up brings back, oldest first */
  readonly history: readonly string[];
  complete(line: string, cursor: number): Completion;
  /** at every change of what is typed, by keys or paste */
  changed(line: string): void;
  /** at Enter, with line breaks as typed; 'leave' closes the view. Called one after the other. */
  entered(text: string, editing: boolean): Promise<'stay' | 'leave'>;
  /** Ctrl-Up or Alt-Up: the own message to change, and what stands before the input meanwhile */
  editLast?(): { readonly text: string; readonly prompt: string } | undefined;
  /** PageUp: older messages are wanted */
  older?(): void;
}

/** How a conversation was left, and what stood in the input. `next`: by Ctrl-N or Alt-A, to the next unread chat. */
export interface ConversationEnd {
  readonly by: 'left' | 'next';
  readonly draft: string;
}

/** Several of a list; `value`s of the chosen ones come back in the order of the list. */
export interface CheckboxPrompt {
  readonly message: string;
  readonly items: readonly { readonly name: string; readonly value: string; readonly checked?: boolean }[];
  /** how it is used, in one line */
  readonly hint: string;
}

export interface PromptOptions {
  /** closes the prompt, which rejects with the signal's reason */
  readonly signal?: AbortSignal | undefined;
}

/** A long text that a person reads page by page, by a program of their own or by ours. */
export interface PagedText {
  /** Pieces of whole lines without the last break, safe to be shown; `colours` where they are. */
  pieces(colours: boolean): Iterable<string>;
  /** where a pager of our choice begins; default: `end`, what was said last */
  readonly from?: 'start' | 'end' | undefined;
}

export type FooterLine = string | ((columns: number) => string);

/** All prompts reject with InterruptedError and EndOfInputError; one prompt is open at a time. */
export interface Terminal {
  /** false: standard input or output is no terminal; one line is one answer */
  readonly interactive: boolean;
  /** width in cells */
  readonly columns: number;
  /** prints permanent lines above whatever is open */
  log(text: string): void;
  /** the line under whatever is open, for the width in cells that there is; '' takes it away */
  setFooter(line: FooterLine): void;
  bell(): void;
  /** an empty screen; nothing happens where it is no terminal */
  clear(): void;
  /** Shows a text in the user's pager (`$PAGER`); resolves when they have seen enough. All of it where it is no terminal. */
  page(text: PagedText): Promise<void>;
  /** another program has the terminal: nobody sees what is printed */
  readonly away: boolean;
  /** when Ctrl-C is pressed and no prompt is open; without a listener it ends the program */
  onInterrupt(listener: () => void): () => void;
  /** when nobody looks any more (no focus, no key for minutes), and when somebody does again; never where it is no terminal */
  onAttention(listener: (there: boolean) => void): () => void;
  /** at every key and paste; returns the undo */
  onTyped(listener: () => void): () => void;
  /** resolves to the value of the chosen item */
  menu(prompt: MenuPrompt, options?: PromptOptions): Promise<string>;
  text(prompt: TextPrompt, options?: PromptOptions): Promise<string>;
  /** shows nothing of what is typed */
  password(prompt: { readonly message: string }, options?: PromptOptions): Promise<string>;
  confirm(
    prompt: { readonly message: string; readonly initial: boolean },
    options?: PromptOptions,
  ): Promise<boolean>;
  conversation(prompt: ConversationPrompt, options?: PromptOptions): Promise<ConversationEnd>;
}
