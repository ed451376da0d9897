/** A terminal that a script sits at: answers prompts in order, keeps everything that was shown. */
import {
  type ConversationEnd,
  type ConversationPrompt,
  EndOfInputError,
  type FooterLine,
  InterruptedError,
  type MenuPrompt,
  type PagedText,
  type PromptOptions,
  type Terminal,
  type TextPrompt,
} from '../../src/ui/terminal.ts';

/** What the person does in an open conversation. */
export type InConversation = (view: OpenView) => Promise<ConversationEnd['by']>;

/** A text answers any prompt (in a menu it is the key pressed); CTRL_C interrupts it. */
export type Step = string | typeof CTRL_C | InConversation;
export const CTRL_C = Symbol('Ctrl-C');

export interface OpenView {
  readonly prompt: ConversationPrompt;
  /** types a line and presses Enter; resolves when it was taken */
  enter(text: string): Promise<'stay' | 'leave'>;
  /** types without Enter */
  type(text: string): void;
}

export class ScriptedTerminal implements Terminal {
  interactive = true;
  readonly columns = 80;
  /** permanent lines, oldest first */
  readonly lines: string[] = [];
  /** every question asked, oldest first */
  readonly asked: string[] = [];
  /** items of every menu shown, as `key) name badge` */
  readonly menus: string[][] = [];
  footer = '';
  bells = 0;
  cleared = 0;
  private readonly script: Step[];

  constructor(...script: Step[]) {
    this.script = script;
  }

  /** everything shown so far, as one text */
  get output(): string {
    return this.lines.join('\n');
  }

  /** steps that nothing asked for */
  get left(): number {
    return this.script.length;
  }

  log(text: string): void {
    this.lines.push(text);
  }
  /** columns that the line under it may take */
  footerColumns = Number.POSITIVE_INFINITY;
  setFooter(line: FooterLine): void {
    this.footer = typeof line === 'string' ? line : line(this.footerColumns);
  }
  bell(): void {
    this.bells++;
  }
  clear(): void {
    this.cleared++;
  }
  readonly away = false;
  /** every text that was paged */
  readonly paged: string[] = [];
  async page(text: PagedText): Promise<void> {
    this.paged.push([...text.pieces(false)].join('\n'));
  }
  onInterrupt(): () => void {
    return () => {};
  }
  onAttention(): () => void {
    return () => {};
  }
  /** told of every step that is typed */
  readonly typed = new Set<() => void>();
  onTyped(listener: () => void): () => void {
    this.typed.add(listener);
    return () => this.typed.delete(listener);
  }

  /** questions whose answer stands by itself when it is given */
  readonly alone: string[] = [];

  async menu(prompt: MenuPrompt, _options?: PromptOptions): Promise<string> {
    const items = prompt.items();
    this.menus.push(items.map((item) => `${item.key}) ${item.name}${item.badge ? ` ${item.badge}` : ''}`));
    if (prompt.echo === 'item') this.alone.push(prompt.message);
    const key = this.next(prompt.message);
    const item = items.find((entry) => entry.key === key);
    if (item === undefined) throw new Error(`no item ${key} in "${prompt.message}"`);
    return item.value;
  }

  /** what stood in the lines from the start */
  readonly prefills: string[] = [];

  async text(prompt: TextPrompt): Promise<string> {
    if (prompt.prefill) this.prefills.push(prompt.prefill);
    for (;;) {
      const typed = this.next(prompt.message);
      const text = typed === '' ? (prompt.initial ?? prompt.prefill ?? '') : typed;
      const complaint = prompt.validate?.(text);
      if (complaint === undefined) return text;
      this.log(complaint);
    }
  }

  async password(prompt: { readonly message: string }): Promise<string> {
    return this.next(prompt.message);
  }

  async confirm(prompt: { readonly message: string; readonly initial: boolean }): Promise<boolean> {
    const typed = this.next(prompt.message);
    return typed === '' ? prompt.initial : typed === 'y';
  }

  async conversation(prompt: ConversationPrompt): Promise<ConversationEnd> {
    const stop = prompt.subscribe(() => {});
    let draft = prompt.draft;
    const view: OpenView = {
      prompt,
      type(text) {
        draft = text;
        prompt.changed(text);
      },
      async enter(text) {
        prompt.changed(text);
        draft = '';
        prompt.changed('');
        return prompt.entered(text, false);
      },
    };
    try {
      for (;;) {
        const step = this.step(prompt.prompt());
        if (step === CTRL_C) throw new InterruptedError();
        if (typeof step === 'function') return { by: await step(view), draft };
        if (step === '\u001b') return { by: 'left', draft };
        if ((await view.enter(step)) === 'leave') return { by: 'left', draft: '' };
      }
    } finally {
      stop();
    }
  }

  private step(question: string): Step {
    this.asked.push(question);
    const step = this.script.shift();
    if (step === undefined) throw new EndOfInputError();
    return step;
  }

  private next(question: string): string {
    for (const tell of this.typed) tell();
    const step = this.step(question);
    if (step === CTRL_C) throw new InterruptedError();
    if (typeof step === 'function') throw new Error(`no conversation is open at "${question}"`);
    return step;
  }
}
