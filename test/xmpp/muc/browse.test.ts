import { describe, expect, it } from 'vitest';
import type { DiscoInfo } from '../../../src/xmpp/disco.ts';
import { StanzaError, TimeoutError } from '../../../src/xmpp/errors.ts';
import { parseForm } from '../../../src/xmpp/forms.ts';
import { describeRoom, publicRooms, roomService } from '../../../src/xmpp/muc/browse.ts';
import { parse } from '../../support/parse.ts';

const form = parseForm(
  parse(
    "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roominfo</value></field>" +
      "<field var='muc#roominfo_description'><value>The place for all good witches!</value></field>" +
      "<field var='muc#roominfo_occupants'><value>3</value></field></x>",
  ),
);
const info: DiscoInfo = {
  identities: [{ category: 'conference', type: 'text', name: 'A Dark Cave' }],
  features: ['muc_passwordprotected', 'muc_open', 'muc_temporary'],
  forms: form ? [form] : [],
};
const room = (name: string) => ({ jid: `${name}@chat.example.org`, node: undefined, name });

describe('public rooms', () => {
  it('are described by name, description, people and access (XEP-0045 §6.4)', () => {
    expect(describeRoom('coven@chat.example.org', 'listed (7)', info)).toEqual({
      room: 'coven@chat.example.org',
      name: 'A Dark Cave',
      description: 'The place for all good witches!',
      subject: undefined,
      occupants: 3,
      passwordProtected: true,
      membersOnly: false,
      open: false,
      persistent: false,
      moderated: undefined,
      nonAnonymous: undefined,
    });
  });

  it('keep the name and number of the list where they do not describe themselves', () => {
    expect(describeRoom('coven@chat.example.org', 'Coven (7)', undefined)).toMatchObject({
      name: 'Coven',
      occupants: 7,
      passwordProtected: undefined,
    });
    expect(describeRoom('coven@chat.example.org', undefined, undefined).name).toBe('coven');
  });

  it('are listed in order, up to the limit, whatever single rooms answer (XEP-0045 §6.3)', async () => {
    let asked = 0;
    const rows = await publicRooms(
      {
        items: async (jid) => {
          expect(jid).toBe('chat.example.org');
          return [
            ...['a', 'b', 'c', 'd'].map(room),
            { jid: 'chat.example.org', node: undefined, name: 'no room' },
          ];
        },
        info: async (jid) => {
          asked++;
          if (jid.startsWith('b')) throw new TimeoutError();
          return { ...info, identities: [] };
        },
      },
      'chat.example.org',
      3,
    );
    expect(rows.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(rows.map(({ occupants }) => occupants)).toEqual([3, undefined, 3]);
    expect(asked).toBe(3);
  });

  it('reject where the service refuses the list', async () => {
    const items = () => Promise.reject(new StanzaError('forbidden'));
    await expect(publicRooms({ items, info: async () => info }, 'chat.example.org')).rejects.toMatchObject({
      condition: 'forbidden',
    });
  });

  it('are found on the text conference service (XEP-0045 §6.1)', async () => {
    const service = { jid: 'chat.example.org', node: undefined, name: undefined, info };
    const found = await roomService({
      silent: false,
      findService: async (...wanted) => {
        expect(wanted).toEqual(['conference', 'text', 'http://jabber.org/protocol/muc']);
        return service;
      },
    });
    expect(found).toBe('chat.example.org');
    const findService = async () => undefined;
    expect(await roomService({ findService, silent: false })).toBeUndefined();
    await expect(roomService({ findService, silent: true })).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
