/** What a person has typed in each chat: the unsent draft, and the lines that Up brings back. In memory only. */

/** lines kept for Up, per chat */
const KEPT = 200;

export interface Drafts {
  draft(chat: string): string;
  /** '' forgets it */
  keep(chat: string, draft: string): void;
  /** oldest first */
  history(chat: string): readonly string[];
  entered(chat: string, line: string): void;
}

export function drafts(): Drafts {
  const open = new Map<string, string>();
  const lines = new Map<string, string[]>();
  return {
    draft: (chat) => open.get(chat) ?? '',
    keep(chat, draft) {
      if (draft === '') open.delete(chat);
      else open.set(chat, draft);
    },
    history: (chat) => lines.get(chat) ?? [],
    entered(chat, line) {
      const before = lines.get(chat) ?? [];
      if (before.at(-1) === line) return;
      lines.set(chat, [...before, line].slice(-KEPT));
    },
  };
}
