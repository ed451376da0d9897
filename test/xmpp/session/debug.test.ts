/** What the debug file may hold. */
import { describe, expect, it } from 'vitest';
import { masked, traffic } from '../../../src/xmpp/session/debug.ts';
import { x } from '../../../src/xmpp/stanza.ts';
import { parse } from '../../support/parse.ts';
import { connected, fake, mentions, PASSWORD, refused, sessionFor } from './support.ts';

describe('the traffic of a log-in', () => {
  it.each(['SCRAM-SHA-256', 'PLAIN'])('holds nothing of the password with %s', async (mechanism) => {
    const lines: string[] = [];
    const server = await fake({ mechanisms: [mechanism] });
    const { session } = await connected(server, { debug: (line) => lines.push(line) });
    await session.close();
    const all = lines.join('\n');
    expect(all).toContain('<auth');
    expect(all).toContain('IN');
    expect(all).toContain('OUT');
    expect(all).toContain('balcony');
    expect(mentions(all)).toBe(false);
    // What was received is as good as the password to whoever has the file and time.
    for (const [, data] of server.received.matchAll(/<(?:auth|response)[^>]*>([^<]+)</g))
      expect(all).not.toContain(data);
  });

  it('nor when it is refused', async () => {
    const lines: string[] = [];
    const server = await fake({ mechanisms: ['PLAIN'] });
    await refused(server, { password: 'wröng-passwörd', debug: (line) => lines.push(line) });
    expect(mentions(lines.join('\n'), 'wröng-passwörd')).toBe(false);
    expect(lines.join('\n')).toContain('not-authorized');
  });

  it('nor of a registration', async () => {
    const lines: string[] = [];
    const server = await fake({ onStanza: (iq, peer) => peer.answer(iq) });
    const session = sessionFor(server, {
      debug: (line) => lines.push(line),
      beforeAuthentication: async (stream) => {
        const query = x(
          'query',
          { xmlns: 'jabber:iq:register' },
          x('username', {}, 'juliet'),
          x('password', {}, PASSWORD),
        );
        await stream.request(x('iq', { type: 'set', to: 'localhost' }, query));
      },
    });
    await session.connect();
    expect(lines.join('\n')).toContain('jabber:iq:register');
    expect(mentions(lines.join('\n'))).toBe(false);
  });

  it('leaves console.debug as it was', () => {
    const lines: string[] = [];
    const { debug } = console;
    traffic((line) => lines.push(line)).sent(x('presence'));
    const { debug: after } = console;
    expect(after).toBe(debug);
    expect(lines[0]).toMatch(/^OUT\n<presence/);
  });
});

describe('masked', () => {
  it.each([
    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>HUSH</auth>",
    "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>HUSH</response>",
    "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>HUSH</challenge>",
    "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>HUSH</success>",
    "<authenticate xmlns='urn:xmpp:sasl:2'><initial-response>HUSH</initial-response></authenticate>",
    "<success xmlns='urn:xmpp:sasl:2'><additional-data>HUSH</additional-data><token xmlns='urn:xmpp:fast:0' token='HUSH'/></success>",
    "<iq><query xmlns='jabber:iq:register'><x xmlns='jabber:x:data'><field var='p'><value>HUSH</value></field></x></query></iq>",
    "<iq><x xmlns='jabber:x:data'><field var='a' type='text-private'><value>HUSH</value></field></x></iq>",
    "<iq><x xmlns='jabber:x:data'><field var='muc#roomconfig_roomsecret'><value>HUSH</value></field></x></iq>",
    "<presence><x xmlns='http://jabber.org/protocol/muc'><password>HUSH</password></x></presence>",
    "<message><x xmlns='jabber:x:conference' password='HUSH'/></message>",
    "<enabled xmlns='urn:xmpp:sm:3' id='HUSH'/>",
  ])('hides the secret of %s', (xml) => {
    const element = parse(xml);
    expect(String(masked(element))).not.toContain('HUSH');
    expect(String(element)).toContain('HUSH');
  });

  it('shows everything else', () => {
    const xml = '<message to="a@b" xmlns="jabber:client"><body>hello</body></message>';
    expect(String(masked(parse(xml)))).toBe(xml);
  });
});
