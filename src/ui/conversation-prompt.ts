/**
 * The input of a conversation. It stays open until it is left, so editing keys, history and what was typed
 * live on between messages. Enter sends; Alt-Enter or Ctrl-J begins a line; Up and Down go through the history;
 * Tab completes; Ctrl-Up or Alt-Up takes the last own message back to be changed; PageUp wants older messages;
 * Ctrl-N or Alt-A goes to the next unread chat. Esc ends a change, else leaves and keeps the text as a draft:
 * no key destroys what was typed but those that say so (Ctrl-U, Ctrl-W).
 */
import { createPrompt, isEnterKey, useEffect, useKeypress, useRef, useState } from '@inquirer/core';
import { LineHistory } from './conversation-prompt/history.ts';
import { moveLine } from './conversation-prompt/move.ts';
import { END_OF_TRANSMISSION, type KeyEvent } from './keys/decoder.ts';
import { atEnd, EMPTY, type Line, lineOf, setLine, wholeCharacters } from './prompts/line.ts';
import { type Tabbing, tab } from './prompts/tab.ts';
import type { Dress } from './prompts/words.ts';
import { BREAK } from './screen/frame.ts';
import type { ConversationEnd, ConversationPrompt } from './terminal.ts';

export interface ConversationConfig {
  readonly conversation: ConversationPrompt;
  readonly dress: Dress;
  /** ends the prompt with the error of `entered` */
  failed(error: unknown): void;
}

/** What the prompt remembers between keys and never draws by itself. */
interface Memory {
  line: Line;
  tabbing: Tabbing | undefined;
  readonly history: LineHistory;
  /** what stood in the line before an own message was taken back */
  unsent: string;
  editing: boolean;
  /** the lines entered, one after the other */
  work: Promise<void>;
}

export const conversationPrompt = createPrompt<ConversationEnd, ConversationConfig>((config, done) => {
  const { conversation, dress } = config;
  const memory = useRef<Memory>({
    line: EMPTY,
    tabbing: undefined,
    history: new LineHistory(conversation.history),
    unsent: '',
    editing: false,
    work: Promise.resolve(),
  }).current;
  const [shown, setShown] = useState('');
  const [label, setLabel] = useState<string | undefined>(undefined);
  const [, setVersion] = useState(0);

  useEffect((readline) => {
    memory.line = atEnd(toLine(conversation.draft));
    setLine(readline, memory.line);
    setShown(memory.line.text);
    return conversation.subscribe(() => setVersion((version) => version + 1));
  }, []);

  const leave = (by: ConversationEnd['by']): void =>
    done({ by, draft: toText(memory.editing ? memory.unsent : memory.line.text) });

  const enter = (): void => {
    const text = toText(memory.line.text);
    const wasEditing = memory.editing;
    if (text.trim() === '' && !wasEditing) return;
    memory.history.sent(memory.line.text);
    memory.line = atEnd(wasEditing ? memory.unsent : '');
    memory.editing = false;
    setLabel(undefined);
    memory.work = memory.work
      .then(() => conversation.entered(text, wasEditing))
      .then((next) => (next === 'leave' ? leave('left') : undefined))
      .catch(config.failed);
  };

  const edit = (): void => {
    const last = memory.editing ? undefined : conversation.editLast?.();
    if (!last) return;
    memory.unsent = memory.line.text;
    memory.editing = true;
    memory.line = atEnd(toLine(last.text));
    setLabel(last.prompt);
  };

  const stopEditing = (): void => {
    memory.editing = false;
    memory.line = atEnd(memory.unsent);
    setLabel(undefined);
  };

  const recall = (way: 'up' | 'down'): void => {
    const moved = moveLine(memory.line, way);
    if (moved) {
      memory.line = moved;
      return;
    }
    const found = way === 'up' ? memory.history.older(memory.line.text) : memory.history.newer();
    if (found !== undefined) memory.line = atEnd(found);
  };

  useKeypress((event, readline) => {
    const key = event as KeyEvent;
    const { name = '' } = key;
    const before = memory.line.text;
    const tabbed = name === 'tab';
    if (!tabbed) memory.tabbing = undefined;
    if (isEnterKey(event)) enter();
    else if (name === 'escape' && memory.editing) stopEditing();
    else if (name === 'escape') return leave('left');
    else if (key.sequence === END_OF_TRANSMISSION && before === '') return leave('left');
    else if ((key.ctrl && name === 'n') || (key.meta && name === 'a')) return leave('next');
    else if ((key.ctrl || key.meta) && name === 'up') edit();
    else if (name === 'up' || (key.ctrl && name === 'p')) recall('up');
    else if (name === 'down') recall('down');
    else if (name === 'pageup') conversation.older?.();
    else if (tabbed) {
      const complete = (text: string, cursor: number) => conversation.complete(text, cursor);
      memory.tabbing = tab(memory.line, memory.tabbing, complete, key.shift ? -1 : 1);
      if (memory.tabbing) memory.line = memory.tabbing.line;
    } else memory.line = wholeCharacters(memory.line, lineOf(readline), name);
    setLine(readline, memory.line);
    if (memory.line.text === shown) return;
    setShown(memory.line.text);
    // what Enter sent is no change of what is being typed
    if (!isEnterKey(event)) conversation.changed(toText(memory.line.text));
  });

  const { options = [], chosen = -1 } = memory.tabbing ?? {};
  const offered = options.length > 1 ? optionsLine(options, chosen, dress) : '';
  const above = conversation.above().map((line) => `${line}\n`);
  return [`${above.join('')}${label ?? conversation.prompt()}${shown}`, offered];
});

function optionsLine(options: readonly string[], chosen: number, { theme }: Dress): string {
  const first = Math.max(0, chosen - 10);
  const part = options.slice(first, first + 40);
  return part
    .map((option, i) => (first + i === chosen ? theme.bar(option.trim()) : theme.dim(option.trim())))
    .join('  ');
}

const toLine = (text: string): string => text.replaceAll(BREAK, '').replaceAll('\n', BREAK);
const toText = (line: string): string => line.replaceAll(BREAK, '\n');
