/** A face without colours, in English, whose terminal is a script. */
import { actions } from '../../src/actions/table.ts';
import { en } from '../../src/i18n/en.ts';
import { drafts } from '../../src/ui/conversation/drafts.ts';
import type { Face, Seat } from '../../src/ui/face.ts';
import type { MenuApp } from '../../src/ui/menus/accounts.ts';
import { createTheme } from '../../src/ui/theme.ts';
import type { FakeClient } from './fake-client.ts';
import type { ScriptedTerminal } from './scripted-terminal.ts';

export const NOW = Date.UTC(2026, 10, 21, 14, 30);

export function plainFace(terminal: ScriptedTerminal): Face {
  return {
    terminal,
    words: en,
    theme: createTheme({ level: 0, background: 'dark' }),
    actions,
    render: {
      styled: (text) => text,
      outcome: (outcome) => JSON.stringify(outcome),
      problem: (error) =>
        error instanceof Error && 'condition' in error ? `! ${error.condition}` : `! ${error}`,
      failure: (failure) => failure.condition,
      whyNotEntered: (failure) => failure.condition,
      size: (bytes) => `${bytes} B`,
    },
    now: () => NOW,
  };
}

/** A seat, and the chat that is open in it. */
export function plainSeat(fake: FakeClient): Seat & { openChats: (string | undefined)[] } {
  const openChats: (string | undefined)[] = [];
  return {
    openChats,
    client: fake.client,
    drafts: drafts(),
    signal: new AbortController().signal,
    context: (signal) => contextOf(fake, signal),
    setOpenChat: (chat) => openChats.push(chat),
  };
}

export function contextOf(fake: FakeClient, signal: AbortSignal): ReturnType<Seat['context']> {
  return {
    client: fake.client,
    signal,
    oneShot: false,
    timeout: 1000,
    online: async () => {},
    register: async () => {},
    progress: () => {},
  };
}

/** An app whose accounts are `overrides`; logging in gives the fake client. */
export function plainApp(
  terminal: ScriptedTerminal,
  fake: FakeClient,
  overrides: Partial<MenuApp['accounts']> = {},
): MenuApp {
  return {
    ...plainFace(terminal),
    accounts: {
      lastJid: undefined,
      domain: undefined,
      knownAccounts: () => [],
      login: async () => fake.client,
      moveAside: async () => '/kept',
      registrationForm: async () => ({ instructions: '', fields: [] }),
      register: async () => {},
      ...overrides,
    },
    context: (_client, { signal }) => contextOf(fake, signal),
    notify: () => () => {},
  };
}
