import { describe, expect, it } from 'vitest';
import { notice } from '../../src/actions/notices.ts';
import type { Row } from '../../src/actions/rows.ts';
import { ChatError } from '../../src/chat/problem.ts';
import { catalogueFor, LANGUAGES } from '../../src/i18n/catalogue.ts';
import { size, span } from '../../src/ui/render/formats.ts';
import { inMenus } from '../../src/ui/render/in-menus.ts';
import { noticeText } from '../../src/ui/render/notice.ts';
import type { RenderOptions } from '../../src/ui/render/options.ts';
import { outcomeText } from '../../src/ui/render/outcome.ts';
import { rowsText } from '../../src/ui/render/rows.ts';
import { styledText } from '../../src/ui/render/styled.ts';
import { renderer } from '../../src/ui/render.ts';
import { width } from '../../src/ui/screen/width.ts';
import { createTheme } from '../../src/ui/theme.ts';
import { contact, message, NOON, plain } from './support.ts';

const en = await catalogueFor('en');
const es = await catalogueFor('es');
const options: RenderOptions = { words: en, theme: plain, now: () => NOON };
const HOSTILE = 'x\r\ny\u001b[2J\u202e\u0007\u009b1mz\u2028';
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/;

const contacts: Row[] = [
  {
    type: 'contact',
    contact: contact('zoe@example.org', { name: 'Zoë', lastSeen: NOON, subscription: 'to' }),
  },
  {
    type: 'contact',
    contact: contact('alice@example.org', {
      name: '爱丽丝',
      unread: 3,
      resources: [
        { resource: 'pc', show: 'away', status: '', priority: 0 },
        { resource: 'phone', show: 'available', status: 'writing', priority: 5 },
      ],
    }),
  },
  { type: 'contact', contact: contact('bob@example.org', { subscription: 'none', ask: true }) },
];

describe('tables', () => {
  it('contacts: online ones first, aligned by width on the screen', () => {
    expect(rowsText(contacts, options).split('\n')).toEqual([
      'Name    JID                Status                              Subscription                 Unread  Last seen',
      '爱丽丝  alice@example.org  online (phone): writing; away (pc)  both ways                         3  now',
      '        bob@example.org    offline                             none (asked, no answer yet)',
      'Zoë     zoe@example.org    offline                             I see them                           2026-11-21 14:03',
    ]);
  });

  it.each([60, 80, 100])('fits %i columns, and never shortens a JID', (columns) => {
    const text = rowsText(
      [
        {
          type: 'user',
          user: {
            jid: 'alice@example.org',
            userName: 'alice',
            email: 'a.very.long.address@of.some.example.org',
            name: '爱'.repeat(40),
            from: 'directory',
          },
        },
        { type: 'user', user: { jid: 'bob@example.org', from: 'directory' } },
      ],
      { ...options, columns },
    );
    for (const line of text.split('\n')) expect(width(line)).toBeLessThan(columns);
    expect(text).toContain('alice@example.org');
    expect(text).toContain('…');
  });

  it('says where people are known from, where not all are of the directory', () => {
    const rows: Row[] = [{ type: 'user', user: { jid: 'b@x.org', from: 'roster' } }];
    expect(rowsText(rows, options)).toBe('JID      Known from\nb@x.org  contact');
  });

  it('rooms with their marks', () => {
    const rows: Row[] = [
      {
        type: 'room',
        room: {
          room: 'lobby@c.x.org',
          name: 'Lobby',
          occupants: 12,
          kept: true,
          joined: true,
          membersOnly: true,
        },
      },
      {
        type: 'room',
        room: { room: 'tea@c.x.org', name: '', kept: false, joined: false, passwordProtected: true },
      },
    ];
    expect(rowsText(rows, options)).toBe(
      [
        'Room           Name   People  Marks',
        'lobby@c.x.org  Lobby      12  joined, kept, members only',
        'tea@c.x.org                   password',
      ].join('\n'),
    );
  });

  it('devices, and which one is this', () => {
    const here = {
      resource: 'here',
      show: 'available',
      status: '',
      priority: 0,
      client: 'xmpp-chat 0.1.0',
    } as const;
    const phone = {
      resource: 'phone',
      show: 'away',
      status: 'in a pocket',
      priority: -5,
      client: undefined,
    } as const;
    const rows: Row[] = [
      { type: 'device', device: { ...here, current: true } },
      { type: 'device', device: { ...phone, time: '14:03 +01:00', idleSeconds: 300, current: false } },
    ];
    expect(rowsText(rows, options).split('\n')).toEqual([
      'Device           Client           Status             Priority  Local time    Idle for',
      'here (this one)  xmpp-chat 0.1.0  online                    0',
      'phone                             away: in a pocket        -5  14:03 +01:00  5 min',
    ]);
  });

  it('the block list is one JID a line', () => {
    expect(
      rowsText(
        [
          { type: 'blocked', jid: 'a@x' },
          { type: 'blocked', jid: 'b@x' },
        ],
        options,
      ),
    ).toBe('a@x\nb@x');
  });

  const hostile: Row[][] = [
    [
      {
        type: 'contact',
        contact: contact('a@x', {
          name: HOSTILE,
          groups: [HOSTILE],
          resources: [{ resource: HOSTILE, show: 'dnd', status: HOSTILE, priority: 0 }],
        }),
      },
    ],
    [
      {
        type: 'user',
        user: { jid: 'a@x', name: HOSTILE, email: HOSTILE, userName: HOSTILE, from: 'directory' },
      },
    ],
    [
      {
        type: 'room',
        room: { room: 'a@x', name: HOSTILE, description: HOSTILE, kept: false, joined: false },
      },
    ],
    [
      {
        type: 'request',
        request: { kind: 'file', id: 'x', from: 'a@x/y', name: HOSTILE, text: HOSTILE, time: NOON },
      },
    ],
    [
      {
        type: 'file',
        file: { id: 'x', peer: 'a@x', direction: 'in', name: HOSTILE, sent: 0, state: 'offered', route: 'x' },
      },
    ],
  ];
  it.each(hostile.map((rows) => [rows[0]?.type, rows] as const))(
    '%s: text from the network stays one line',
    (_, rows) => {
      const text = rowsText(rows, options);
      expect(text.split('\n')).toHaveLength(2);
      expect(text).not.toMatch(CONTROLS);
    },
  );

  it('details and messages: nothing from the network reaches the terminal as it is', () => {
    const details = rowsText(
      [
        {
          type: 'details',
          details: {
            jid: 'a@x',
            name: HOSTILE,
            resources: [
              {
                resource: HOSTILE,
                show: 'chat',
                status: HOSTILE,
                priority: 1,
                client: HOSTILE,
                time: HOSTILE,
                idleSeconds: 90,
              },
            ],
            vcard: { fullName: HOSTILE, constructor: HOSTILE },
            sharedRooms: [{ room: 'r@c', nick: HOSTILE }],
          },
        },
      ],
      options,
    );
    expect(details).not.toMatch(CONTROLS);
    expect(
      rowsText([{ type: 'message', message: message({ body: HOSTILE, subject: HOSTILE }) }], options),
    ).not.toMatch(CONTROLS);
  });
});

describe('details', () => {
  it('one label a line, resources under each other', () => {
    const text = rowsText(
      [
        {
          type: 'details',
          details: {
            jid: 'a@x.org',
            subscription: 'both',
            resources: [
              {
                resource: 'pc',
                show: 'away',
                status: 'out',
                priority: 1,
                client: 'Gajim 1.7',
                time: '14:03 +01:00',
                idleSeconds: 125,
              },
              { resource: 'phone', show: 'available', status: '', priority: 0 },
            ],
            vcard: { fullName: 'Alice', 'X-ODD': 'y' },
            sharedRooms: [{ room: 'r@c.x.org', nick: 'al' }],
          },
        },
      ],
      options,
    );
    expect(text).toBe(
      [
        'JID             a@x.org',
        'Subscription    both ways',
        'Connected with  pc · away: out · priority 1 · Gajim 1.7 · Local time: 14:03 +01:00 · Idle for: 2 min',
        '                phone · online · priority 0',
        'Full name       Alice',
        'X-ODD           y',
        'Rooms shared    al in the room r@c.x.org',
      ].join('\n'),
    );
  });

  it('shows the own profile with the names that change it, and those that nothing does (XEP-0054)', () => {
    const vcard = { fullName: `Al${HOSTILE}`, nickname: 'Al\nB', photoType: 'image/png' };
    const fields = ['fullName', 'nickname'] as const;
    const text = rowsText([{ type: 'profile', jid: 'a@x.org', fields, vcard }], options);
    const cells = text.split('\n').map((line) => line.split(/ {2,}/));
    expect(cells[0]).toEqual(['Meaning', 'Setting', 'Value']);
    expect(cells[1]?.slice(0, 2)).toEqual(['Full name', 'fullName']);
    expect(cells[2]).toEqual(['Nickname', 'nickname', 'Al B']);
    expect(cells[3]).toEqual(['Picture', 'image/png']);
    expect(text).not.toContain('\u001b');
  });

  it('says that nobody knows whether there is such a user (XEP-0054 §3.1)', () => {
    const details = { jid: 'a@x.org', resources: [], sharedRooms: [], failure: 'item-not-found' };
    expect(rowsText([{ type: 'details', details }], options)).toContain(
      'Nothing known  there is no such user, or it tells nothing about itself',
    );
  });
});

describe('history', () => {
  it('day lines, times, senders, further lines under a marker', () => {
    const rows: Row[] = [
      {
        type: 'message',
        message: message({ time: new Date(2026, 10, 20, 9, 5).getTime(), body: 'one\ntwo' }),
      },
      { type: 'message', message: message({ direction: 'out', state: 'acked', body: 'three' }) },
    ];
    expect(rowsText(rows, options)).toBe(
      [
        '── yesterday ──',
        '09:05 alice@example.org  one',
        '      │ two',
        '── today ──',
        '14:03 me  three ✓',
      ].join('\n'),
    );
  });

  it('of several chats names the chat, a room always with the nick', () => {
    const rows: Row[] = [
      { type: 'message', message: message({ direction: 'out', state: 'acked' }) },
      { type: 'message', message: message({ kind: 'room', chat: 'r@c', from: 'r@c/al', nick: 'al' }) },
    ];
    const text = rowsText(rows, options);
    expect(text).toContain('me → alice@example.org  hello');
    expect(text).toContain('al in the room r@c  hello');
  });
});

describe('what an action gave', () => {
  it('results apart from what is said about them', () => {
    const rows: Row[] = [{ type: 'user', user: { jid: 'b@x.org', from: 'roster' } }];
    const outcome = {
      kind: 'rows',
      rows,
      empty: notice('no-users', { query: '' }),
      note: notice('no-directory', { domain: 'x.org' }),
    } as const;
    const { result, notices } = outcomeText(outcome, options);
    expect(result).toContain('b@x.org');
    expect(notices).toEqual([
      'x.org has no user directory. These are your contacts and people met in rooms.',
    ]);
    expect(outcomeText({ ...outcome, rows: [], note: undefined }, options)).toEqual({
      result: '',
      notices: ['Nobody found.'],
    });
  });

  it('notices in words: shows, reasons, sizes, seconds', () => {
    expect(noticeText(notice('presence-set', { show: 'dnd', status: 'b\u001bz' }), en)).toBe(
      'Presence: do not disturb (b␛z).',
    );
    expect(noticeText(notice('message-queued', { chat: 'b@x', reason: 'dns-failed' }), en)).toContain(
      'cannot be looked up',
    );
    expect(
      noticeText(
        notice('file-sent', {
          name: 'a',
          peer: 'b@x',
          size: 1536,
          sha256: 'ff',
          seconds: 0.25,
          unconfirmed: '',
        }),
        es,
      ),
    ).toBe('a (1,5 KiB) se ha enviado a b@x en 0,3 s. SHA-256 ff');
    const unsure = { name: 'a', peer: 'b@x', size: 1, sha256: '', seconds: 1, unconfirmed: 'si-socks5' };
    expect(noticeText(notice('file-sent', unsure), en)).toContain(
      '\nThis way (si-socks5) does not say whether it was kept there.',
    );
    const come = { name: 'a.jpg', path: '/a.jpg', size: 1, sha256: 'ff', seconds: 1 };
    const told = (claimed: string) =>
      noticeText(notice('file-received', { ...come, claimed, mime: 'application/x-elf' }), en);
    expect(told('')).not.toContain('claims');
    expect(told('image/jpeg')).toContain('\nIt claims to be image/jpeg, its content is application/x-elf.');
  });

  it.each(LANGUAGES)('sizes and spans in %s', async (language) => {
    const words = await catalogueFor(language);
    const point = language === 'es' ? ',' : '.';
    expect([0, 1023, 1536, 10 * 1024 ** 2, 3 * 1024 ** 4].map((bytes) => size(bytes, words))).toEqual([
      '0 B',
      '1023 B',
      `1${point}5 KiB`,
      '10 MiB',
      '3 TiB',
    ]);
    expect([0.25, 59, 61, 7200, 200_000].map((seconds) => span(seconds, words))).toEqual([
      `0${point}3 s`,
      '59 s',
      '1 min',
      '2 h',
      '2 d',
    ]);
  });

  it('at the menus sentences name their numbers, not flags', () => {
    const say = (words: typeof en, code: 'no-contacts', condition: string) => {
      const render = renderer({ words, theme: plain, now: () => NOON });
      const empty = { kind: 'rows', rows: [], empty: notice(code, {}) } as const;
      return [render.outcome(empty), render.problem(new ChatError(condition, { jid: 'a@b' }))];
    };
    expect(say(en, 'no-contacts', 'no-such-contact')).toEqual([
      'You have no contacts yet. 4 in the menu asks somebody.',
      'a@b is not a contact. 3 in the menu lists them.',
    ]);
    expect(say(es as typeof en, 'no-contacts', 'no-such-contact')[0]).toBe(
      'Todavía no tienes contactos. El 4 del menú se lo pide a alguien.',
    );
    expect(inMenus('It lists nobody: search it by a text (--users <text>).', en)).toBe(
      'It lists nobody: search it by a text.',
    );
    expect(inMenus('Check both; --register creates a new account, or give --service <uri>.', en)).toBe(
      'Check both; 2 in the menu creates a new account, or give --service <uri>.',
    );
  });

  it('the renderer of the screens starts a sentence with a capital', () => {
    const render = renderer({ words: en, theme: plain, now: () => NOON });
    expect(render.problem(new ChatError('offline'))).toBe(
      'There is no connection. Try again when it is back.',
    );
    expect(render.failure({ condition: 'item-not-found' }, 'contact')).toBe(
      'there is no such user. Check the JID.',
    );
    expect(render.whyNotEntered({ condition: 'item-not-found' })).toBe(
      'the room is locked or does not exist',
    );
    expect(render.outcome({ kind: 'done', notice: notice('left', { room: 'r@c' }) })).toBe(
      'You have left the room r@c.',
    );
  });
});

describe('message styling (XEP-0393)', () => {
  const colour = createTheme({ level: 1, background: 'dark' });

  it('keeps every mark and every line', () => {
    const text = '*b* _i_ ~s~ `c`\n> quote\n```\ncode *x*\n```\nplain';
    expect(styledText(text, plain)).toBe(text);
  });

  it('colours between the marks, not in code (§5.1, §5.2)', () => {
    expect(styledText('*b*', colour)).toBe(colour.bold('*b*'));
    expect(styledText('`*b*`', colour)).toBe(colour.code('`*b*`'));
    expect(styledText('2*3 and 4*5', colour)).toBe('2*3 and 4*5');
  });
});
