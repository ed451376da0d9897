/** What every screen is given: the terminal, the words, the table, and how data becomes text. */
import type { Action, ActionContext, Ended } from '../actions/action.ts';
import type { Row } from '../actions/rows.ts';
import type { Client } from '../chat/client.ts';
import type { FileTransfer } from '../chat/events.ts';
import type { ChatKind, MessageFailure } from '../chat/message.ts';
import type { Catalogue } from '../i18n/catalogue.ts';
import type { Drafts } from './conversation/drafts.ts';
import type { About } from './sentences.ts';
import type { Terminal } from './terminal.ts';
import type { Theme } from './theme.ts';

export interface Face {
  readonly terminal: Terminal;
  readonly words: Catalogue;
  readonly theme: Theme;
  readonly actions: readonly Action[];
  readonly render: Renderer;
  /** milliseconds since 1970 */
  now(): number;
}

/** Data to text, sanitised and coloured. Lines may be wider than the terminal. */
export interface Renderer {
  /** colours the marks of XEP-0393 in a text that is already safe; line breaks stay */
  styled(text: string): string;
  outcome(outcome: Ended): string;
  /** one that is known before its action has ended */
  row(row: Row): string;
  /** one line: what, why, what to try */
  problem(error: unknown, about?: About): string;
  /** why a message to a chat of that kind failed, and what to try */
  failure(failure: MessageFailure, kind: ChatKind): string;
  /** why a room could not be entered, as a clause */
  whyNotEntered(failure: MessageFailure): string;
  size(bytes: number): string;
}

/** One account that is logged in, and what the screens remember while it is. */
export interface Seat {
  readonly client: Client;
  readonly drafts: Drafts;
  /** for one run of an action; `signal` cancels it */
  context(signal: AbortSignal, progress?: (file: FileTransfer) => void): ActionContext;
  /** the chat that is open: its messages are no news */
  setOpenChat(chat: string | undefined): void;
  /** ends when the seat is left, whatever still runs */
  readonly signal: AbortSignal;
}
