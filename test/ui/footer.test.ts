import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { en } from '../../src/i18n/en.ts';
import { footer } from '../../src/ui/footer.ts';
import { createTheme } from '../../src/ui/theme.ts';
import { FakeClient } from '../support/fake-client.ts';
import { ScriptedTerminal } from '../support/scripted-terminal.ts';

const ROMEO = 'romeo@example.org';

describe('the footer', () => {
  let fake: FakeClient;
  let terminal: ScriptedTerminal;
  let line: ReturnType<typeof footer>;
  beforeEach(() => {
    vi.useFakeTimers();
    fake = new FakeClient();
    terminal = new ScriptedTerminal();
    line = footer({
      client: fake.client,
      terminal,
      words: en,
      theme: createTheme({ level: 0, background: 'dark' }),
      now: Date.now,
    });
  });
  afterEach(() => {
    line.close();
    vi.useRealTimers();
  });

  it('says who one is and how one is seen', () => {
    expect(terminal.footer).toBe(' juliet@example.org online ');
    fake.presence = { show: 'away', status: 'at supper' };
    fake.emit('presence', {
      jid: fake.account,
      resource: 'a',
      show: 'away',
      status: 'at supper',
      initial: false,
    });
    expect(terminal.footer).toBe(' juliet@example.org away (at supper) ');
  });

  it('counts down to the next try, and stops when connected again', () => {
    fake.state = 'offline';
    fake.emit('connection', { state: 'offline', retryIn: 2500 });
    expect(terminal.footer).toContain('offline, next try in 3 s');
    vi.advanceTimersByTime(1000);
    expect(terminal.footer).toContain('offline, next try in 2 s');
    vi.advanceTimersByTime(2000);
    expect(terminal.footer).toMatch(/ offline $/);
    expect(vi.getTimerCount()).toBe(0);
    fake.emit('connection', { state: 'offline', retryIn: 60_000 });
    fake.state = 'online';
    fake.emit('connection', { state: 'online' });
    expect(terminal.footer).not.toContain('offline');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts unread messages per chat, mentions first, the open chat left out', () => {
    fake.addPerson(ROMEO, { name: 'Romeo' });
    fake.addRoom('lobby@conference.example.org');
    fake.setUnread(ROMEO, 2);
    fake.setUnread('lobby@conference.example.org', 1, 1);
    expect(terminal.footer).toContain('│ 3 unread: lobby (1) Romeo (2)');
    line.setOpenChat(ROMEO);
    expect(terminal.footer).toContain(`│ ${ROMEO} offline │ 1 unread: lobby (1)`);
  });

  it('names a room as its owners do', () => {
    fake.addRoom('talk-x7@conference.example.org');
    fake.roomNames.set('talk-x7@conference.example.org', 'juliet, romeo, nurse');
    fake.setUnread('talk-x7@conference.example.org', 1);
    expect(terminal.footer).toContain('│ 1 unread: juliet, romeo, nurse (1)');
    line.setOpenChat('talk-x7@conference.example.org');
    expect(terminal.footer).toContain('│ juliet, romeo, nurse (talk-x7@conference.example.org) ');
  });

  it('says who is there in the open chat, but not while nobody can know', () => {
    fake.addPerson(ROMEO, { resources: [{ resource: 'a', show: 'away', status: 'out', priority: 0 }] });
    line.setOpenChat(ROMEO);
    expect(terminal.footer).toContain(`│ ${ROMEO} away (out) `);
    fake.state = 'offline';
    fake.emit('connection', { state: 'offline' });
    expect(terminal.footer).toMatch(new RegExp(`│ ${ROMEO} $`));
  });

  it('counts what waits for an answer', () => {
    fake.open = [{ kind: 'subscription', id: 's', from: ROMEO, time: 0 }];
    fake.emit('request', fake.open[0] ?? { kind: 'subscription', id: '', from: '', time: 0 });
    expect(terminal.footer).toContain('1 request');
  });

  it('is one harmless line, whatever a contact is called', () => {
    fake.addPerson(ROMEO, { name: 'Ro\nmeo\u001b[2J' });
    fake.setUnread(ROMEO, 1);
    expect(terminal.footer).toContain('Ro␊meo␛[2J (1)');
  });

  it('is taken away at the end, with its timer and listeners', () => {
    fake.emit('connection', { state: 'offline', retryIn: 60_000 });
    line.close();
    expect(terminal.footer).toBe('');
    expect(vi.getTimerCount()).toBe(0);
    expect(fake.eventNames()).toEqual([]);
  });

  it('says less of what one knows where the terminal is narrow: what is unread and under way stays longest', () => {
    fake.addPerson(ROMEO, { name: 'Romeo' });
    fake.addPerson('nurse@example.org', { name: 'Nurse' });
    fake.setUnread('nurse@example.org', 2);
    line.setOpenChat(ROMEO);
    const at = (columns: number) => {
      terminal.footerColumns = columns;
      line.setOpenChat(ROMEO);
      return terminal.footer;
    };
    const whole = ' juliet@example.org online │ romeo@example.org offline │ 2 unread: Nurse (2) ';
    expect(at(whole.length)).toBe(whole);
    expect(at(whole.length - 1)).toBe(' juliet online │ romeo@example.org offline │ 2 unread: Nurse (2) ');
    expect(at(60)).toBe(' juliet online │ 2 unread: Nurse (2) ');
    expect(at(30)).toBe(' online │ 2 unread: Nurse (2) ');
    expect(at(20)).toBe(' online │ 2 unread ');
    expect(at(5)).toBe(' online │ 2 unread ');
  });
});
