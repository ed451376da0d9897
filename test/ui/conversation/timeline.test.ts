import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/chat/message.ts';
import { en } from '../../../src/i18n/en.ts';
import { readOnce } from '../../../src/ui/conversation/notes.ts';
import { clockTime, type TimelineOptions, timeline } from '../../../src/ui/conversation/timeline.ts';
import { createTheme } from '../../../src/ui/theme.ts';
import { FakeClient } from '../../support/fake-client.ts';

const ROMEO = 'romeo@example.org';
const NOON = new Date(2026, 10, 21, 12, 5).getTime();
const DAY = 86_400_000;
const fake = new FakeClient();
const message = (body: string, more: Partial<Message> = {}) =>
  fake.keep(ROMEO, body, { time: NOON, ...more });

function lines(more: Partial<TimelineOptions> = {}) {
  return timeline({
    kind: 'contact',
    words: en,
    theme: createTheme({ level: 0, background: 'dark' }),
    styled: (text) => text,
    failure: (failure) => `because of ${failure.condition}`,
    nameOf: (entry) => (entry.direction === 'out' ? 'me' : 'Romeo'),
    reactorOf: (_message, from) => (from === fake.account ? 'me' : 'Romeo'),
    answeredBy: ({ replyTo }) => fake.said.find(({ id }) => id === replyTo),
    now: () => NOON,
    ...more,
  });
}
/** the line of one message, without the day line */
const line = (entry: Message, more?: Partial<TimelineOptions>) => lines(more).message(entry).at(-1);

describe('a timeline', () => {
  it('begins each day with a line of its own, today and yesterday by name', () => {
    const shown = lines();
    expect(shown.message(message('a', { time: NOON - 9 * DAY }))[0]).toBe(
      '── Thursday, November 12, 2026 ──',
    );
    expect(shown.message(message('b', { time: NOON - DAY }))[0]).toBe('── yesterday ──');
    expect(shown.message(message('c'))[0]).toBe('── today ──');
    expect(shown.message(message('d'))).toEqual(['12:05 Romeo  d']);
  });

  it('draws the "new messages" line under the day line', () => {
    expect(lines().message(message('a'), { firstNew: true })).toEqual([
      '── today ──',
      '── new messages ──',
      '12:05 Romeo  a',
    ]);
  });

  it('shows the local time of day with two digits each', () => {
    expect(clockTime(new Date(2026, 0, 1, 3, 4).getTime())).toBe('03:04');
  });

  it('puts a marker before every further line, so that no line break forges a message', () => {
    expect(line(message('one\n12:06 Nurse  two\r\nthree'))).toBe(
      '12:05 Romeo  one\n      │ 12:06 Nurse  two\n      │ three',
    );
  });

  it('makes names and texts from the network harmless', () => {
    const shown = line(message('\u001b[2Jboo'), { nameOf: () => 'Ro\nmeo\u001b]0;x\u0007' });
    expect(shown).toBe('12:05 Ro␊meo␛]0;x␇  ␛[2Jboo');
  });

  it('tells in the third person what begins with /me and a blank (XEP-0245 §3)', () => {
    expect(line(message('/me waves'))).toBe('12:05 * Romeo waves');
    expect(line(message('/mean'))).toBe('12:05 Romeo  /mean');
    expect(line(message(' /me waves'))).toBe('12:05 Romeo   /me waves');
  });

  it('marks own messages by what became of them', () => {
    const mark = (state: Message['state']) => line(message('hi', { direction: 'out', state }));
    expect(mark('queued')).toBe('12:05 me  hi …');
    expect(mark('sent')).toBe('12:05 me  hi ·');
    expect(mark('acked')).toBe('12:05 me  hi ✓');
    expect(mark('delivered')).toBe('12:05 me  hi ✓✓');
    const failure = { condition: 'service-unavailable' };
    expect(line(message('hi', { direction: 'out', state: 'failed', failure }))).toBe(
      '12:05 me  hi ✗ not delivered: because of service-unavailable',
    );
  });

  it('points back to a message that failed after it was printed', () => {
    const late = message('hello\nthere', {
      direction: 'out',
      state: 'failed',
      failure: { condition: 'gone' },
    });
    expect(lines().failed(late)).toBe('✗ 12:05 “hello there”: not delivered: because of gone');
  });

  it('says that an encrypted message without a key cannot be read (product §4)', () => {
    expect(line(message('', { encryption: 'OMEMO' }))).toBe(
      '12:05 Romeo  [encrypted with OMEMO: this program has no key for it]',
    );
  });

  it('shows withdrawn, changed and linked messages as what they are', () => {
    expect(line(message('secret', { retracted: true }))).toBe('12:05 Romeo  [message withdrawn]');
    const moderated = (by?: string, reason?: string) =>
      line(message('', { chat: 'lobby@rooms.example', retracted: true, moderated: { by, reason } }));
    expect(moderated('lobby@rooms.example/nurse', 'too\nloud')).toBe(
      '12:05 Romeo  [removed by nurse: too␊loud]',
    );
    expect(moderated('witch@example.org')).toBe('12:05 Romeo  [removed by witch@example.org]');
    expect(moderated('lobby@rooms.example')).toBe('12:05 Romeo  [removed by a moderator]');
    expect(line(message('better', { replaces: 'm1' }))).toBe('12:05 Romeo  better (edited)');
    expect(line(message('look', { url: 'https://example.org/a' }))).toBe(
      '12:05 Romeo  look\n      │ link: https://example.org/a\n      │ file a · /get',
    );
  });

  it('says "read" with a word, since its sign is that of "delivered"', () => {
    expect(line(message('hi', { direction: 'out', state: 'read' }))).toBe('12:05 me  hi ✓✓ read');
  });

  it('quotes shortly what a message answers, on a line of its own above it (XEP-0461)', () => {
    const asked = message(`Are you\ncoming ${'very '.repeat(20)}soon?`);
    const shown = lines().message(message('Yes', { replyTo: asked.id }));
    expect(shown.slice(-2)).toEqual([
      '      ╭ Romeo: “Are you coming very very very very very…”',
      '12:05 Romeo  Yes',
    ]);
    expect(
      lines()
        .message(message('Yes', { replyTo: 'nowhere' }))
        .at(-2),
    ).toBe('      ╭ in reply to an earlier message');
  });

  it('makes what is quoted harmless, and cuts no bracket of its own off', () => {
    const asked = message(`\u001b[2J${'\u05d0'.repeat(60)}`);
    const [, above = ''] = lines().message(message('Yes', { replyTo: asked.id }));
    expect(above).toContain('␛[2J');
    expect(above).toMatch(/\u2068.*\u2069”$/);
  });

  it('shows reactions below, each emoji once with who said so (XEP-0444)', () => {
    const liked = message('tea?', {
      reactions: [
        { from: ROMEO, emojis: ['👍', '🎉'] },
        { from: fake.account, emojis: ['👍'] },
      ],
    });
    expect(lines().message(liked).at(-1)).toBe('      ╰ 👍 Romeo, me · 🎉 Romeo');
    expect(
      lines()
        .message({ ...liked, retracted: true })
        .at(-1),
    ).toBe('12:05 Romeo  [message withdrawn]');
  });

  it('points back at what changed after it was printed, by its own time', () => {
    const own = message('better', { direction: 'out', state: 'delivered', corrected: true });
    expect(lines().changed(own, 'corrected')).toBe('✎ 12:05 me  better (edited) ✓✓');
    expect(lines().changed(message('', { retracted: true }), 'retracted')).toBe(
      '⊘ 12:05 Romeo: [message withdrawn]',
    );
    const liked = message('tea?', { reactions: [{ from: ROMEO, emojis: ['👍'] }] });
    expect(lines().changed(liked, 'reacted')).toBe('↳ 12:05 Romeo: “tea?” 👍 Romeo');
    expect(lines().changed(message('tea?'), 'reacted')).toBe('↳ 12:05 Romeo: “tea?” no reactions any more');
  });

  it('says of a message written again that it may arrive twice', () => {
    expect(line(message('hi', { direction: 'out', state: 'acked', mayArriveTwice: true }))).toBe(
      '12:05 me  hi (may arrive twice) ✓',
    );
  });

  it('says "read" once: whoever displayed one has read all before it (XEP-0333)', () => {
    const own = (state: Message['state']) => message('hi', { direction: 'out', state });
    const states = readOnce([own('read'), own('failed'), own('read'), own('acked')]);
    expect(states.map(({ state }) => state)).toEqual(['delivered', 'failed', 'read', 'acked']);
  });

  it('colours a person by bare JID, an occupant by nickname (XEP-0392 §5.1)', () => {
    const theme = { ...createTheme({ level: 0, background: 'dark' }), person: (id: string) => `<${id}>` };
    expect(line(message('x', { from: `${ROMEO}/garden` }), { theme })).toBe(`12:05 <${ROMEO}>  x`);
    expect(line(message('x', { kind: 'room', nick: 'mercutio' }), { theme })).toBe('12:05 <mercutio>  x');
  });
});
