/**
 * A program for the terminal's tests: numbered notices arrive while a menu, a question or a conversation is
 * open. NOTICES: how many; EVERY: milliseconds between them; OPEN: what is opened first.
 */
import { openTerminal } from '../../../src/ui/terminal/open.ts';
import { EXIT_CODES } from '../../../src/ui/terminal/signals.ts';
import { EndOfInputError, InterruptedError } from '../../../src/ui/terminal.ts';
import { createTheme } from '../../../src/ui/theme.ts';
import { words } from '../../ui/words.ts';

const { NOTICES = '0', EVERY = '50', OPEN = 'menu', LONG = '' } = process.env;
const terminal = openTerminal({
  input: process.stdin,
  output: process.stdout,
  words,
  theme: createTheme({ level: terminalLevel(), background: 'dark' }),
  env: process.env,
});

function terminalLevel(): 0 | 2 {
  return process.stdout.isTTY ? 2 : 0;
}

let count = 0;
let typing = '';
const redraws = new Set<() => void>();
const timer = setInterval(notice, Number(EVERY));

function notice(): void {
  if (count >= Number(NOTICES)) {
    clearInterval(timer);
    return;
  }
  terminal.log(`NOTICE ${String(count).padStart(4, '0')} ${LONG}`.trimEnd());
  count++;
  footer();
  for (const redraw of redraws) redraw();
}

function footer(): void {
  terminal.setFooter(`FOOTER me@example.org │ ${count} notices │ ${typing}`);
}

async function end(code: number): Promise<void> {
  clearInterval(timer);
  terminal.log(`END ${code}`);
  await terminal.close();
  process.exit(code);
}

terminal.onSignal((signal) => void end(EXIT_CODES[signal]));
terminal.onGone(() => {
  if (!terminal.interactive) void end(0);
});

const names = ['alice', 'alfred', 'bob'];

async function conversation(): Promise<void> {
  const subscribe = (redraw: () => void) => {
    redraws.add(redraw);
    return () => redraws.delete(redraw);
  };
  const pending: string[] = [];
  const closed = await terminal.conversation({
    prompt: () => 'bob> ',
    above: () => [
      ...pending.map((text) => `pending: ${text}`),
      ...(count % 2 === 1 ? ['bob is typing'] : []),
    ],
    subscribe,
    draft: 'a draft',
    history: ['older line', 'newer line'],
    complete(line, cursor) {
      const from = line.slice(0, cursor).lastIndexOf(' ') + 1;
      const word = line.slice(from, cursor);
      return { from, options: names.filter((name) => word !== '' && name.startsWith(word)) };
    },
    changed(line) {
      typing = `typed ${line.length}`;
      footer();
    },
    async entered(text, editing) {
      if (text === '/close') return 'leave';
      if (text === '/wait') pending.push('hello');
      if (text === '/ask') terminal.log(`INNER ${await terminal.text({ message: 'Which one?' })}`);
      for (const redraw of redraws) redraw();
      terminal.log(`SENT ${editing ? 'again ' : ''}${JSON.stringify(text)}`);
      return 'stay';
    },
    editLast: () => ({ text: 'my last words', prompt: 'change> ' }),
    older: () => terminal.log('OLDER'),
  });
  terminal.log(`LEFT ${closed.by} ${JSON.stringify(closed.draft)}`);
}

async function choice(): Promise<string> {
  return terminal.menu({
    message: 'Main menu',
    items: () => [
      ...Array.from({ length: 16 }, (_, i) => ({
        key: String(i + 1),
        name: ITEMS[i] ?? `Item ${i + 1}`,
        value: String(i + 1),
        badge: i === 0 && count > 0 ? `(${count})` : undefined,
      })),
      { key: 'M', name: 'Show the menu', value: 'M' },
      { key: '0', name: 'Exit', value: '0' },
    ],
    subscribe(redraw) {
      redraws.add(redraw);
      return () => redraws.delete(redraw);
    },
    back: undefined,
  });
}

const ITEMS = ['Conversation', 'Question', 'Password', 'Confirm', 'Several', 'Path', 'Work', 'Nested'];

async function act(value: string): Promise<void> {
  if (value === '1') await conversation();
  else if (value === '2')
    terminal.log(`ANSWER ${JSON.stringify(await terminal.text({ message: 'To whom?' }))}`);
  else if (value === '3')
    terminal.log(`SECRET ${(await terminal.password({ message: 'Password?' })).length}`);
  else if (value === '4')
    terminal.log(`SURE ${await terminal.confirm({ message: 'Sure?', initial: false })}`);
  else if (value === '5') {
    const items = names.map((name) => ({ name, value: name, checked: name === 'bob' }));
    terminal.log(`SEVERAL ${await terminal.checkbox({ message: 'Who?', items, hint: 'Space' })}`);
  } else if (value === '6') terminal.log(`PATH ${await terminal.path({ message: 'File?' })}`);
  else if (value === '7') {
    terminal.log('WORKING');
    await new Promise((resolve) => setTimeout(resolve, 700));
  } else terminal.log(`CHOSE ${value}`);
}

async function main(): Promise<void> {
  footer();
  let next: string | undefined = { question: '2', conversation: '1' }[OPEN];
  for (let interrupts = 0; interrupts < 2; ) {
    try {
      const value: string = next ?? (await choice());
      next = undefined;
      if (value === '0') return end(0);
      interrupts = 0;
      await act(value);
    } catch (error) {
      if (error instanceof EndOfInputError) return end(0);
      if (!(error instanceof InterruptedError)) throw error;
      interrupts++;
      terminal.log('BACK');
    }
  }
  await end(130);
}

await main();
