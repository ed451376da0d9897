/** A face without colours, in English, whose terminal is a script. */
import type { BareContext } from '../../src/actions/action.ts';
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
      row: (row) => JSON.stringify(row),
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
  return { ...bareContext(signal), client: fake.client, online: async () => {} };
}

/** Of somebody who is not logged in; the servers it looks for are well. */
export function bareContext(signal = new AbortController().signal): BareContext {
  return {
    signal,
    oneShot: false,
    timeout: 1000,
    domain: undefined,
    register: async () => {},
    examine: async () => ({ reachable: true, unauthorised: false, failed: 0, warned: 0 }),
    show: () => {},
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
      workOffline: async () => fake.client,
      moveAside: async () => '/kept',
      registrationForm: async () => ({ instructions: '', fields: [] }),
      register: async () => {},
      ...overrides,
    },
    bare: ({ signal }) => bareContext(signal),
    context: (_client, { signal }) => contextOf(fake, signal),
    notify: () => () => {},
  };
}
