import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NS_CAPTCHA, parseChallenge, xChallengeAnswer, xChallengeDeclined } from '../../src/xmpp/captcha.ts';
import { anyStanza } from '../support/any-stanza.ts';
import { parse } from '../support/parse.ts';
import { FakeRoom, ROOM } from './muc/fake-room.ts';

const hidden = (name: string, value: string) =>
  `<field type='hidden' var='${name}'><value>${value}</value></field>`;
const captcha = (about: string, sid: string, more = '') =>
  `<captcha xmlns='${NS_CAPTCHA}'><x xmlns='jabber:x:data' type='form'>` +
  hidden('FORM_TYPE', NS_CAPTCHA) +
  hidden('from', about) +
  hidden('challenge', 'F3A6292C') +
  hidden('sid', sid) +
  `<field var='ocr' label='Enter the text you see'/>${more}</x></captcha>`;
const challenge = (from: string, about: string, more = '') =>
  parseChallenge(
    parse(
      `<message from='${from}' to='robot@abuser.com/zombie' id='F3A6292C'><body>Visit us</body>` +
        `<x xmlns='jabber:x:oob'><url>http://www.victim.com/challenge.html</url></x>${captcha(about, 'spam1')}${more}</message>`,
    ),
  );

describe('a challenge', () => {
  it('says whose, about what, and the same on the web (XEP-0158 §protocol-challenge)', () => {
    expect(challenge('victim.com', 'innocent@victim.com')).toMatchObject({
      id: 'F3A6292C',
      from: 'victim.com',
      about: 'innocent@victim.com',
      stanza: 'spam1',
      url: 'http://www.victim.com/challenge.html',
      body: 'Visit us',
    });
  });

  it.each([
    ['innocent@victim.com/desk', 'innocent@victim.com', true],
    ['innocent@victim.com', 'innocent@victim.com/desk', true],
    ['victim.com', 'innocent@victim.com', true],
    ['evil.com', 'innocent@victim.com', false],
    ['evil@victim.com', 'innocent@victim.com', false],
    ['victim.com', '@', false],
  ])('from %s about %s counts: %s (§protocol-response)', (from, about, counts) => {
    expect(challenge(from, about) !== undefined).toBe(counts);
  });

  it('is answered with its hidden fields as they came, or declined (§protocol-response)', () => {
    const asked = challenge('victim.com', 'innocent@victim.com');
    if (asked === undefined) throw new Error('no challenge');
    const answer = xChallengeAnswer(asked, { ocr: '7nHL3' });
    expect(answer.attrs).toMatchObject({ type: 'set', to: 'victim.com' });
    const fields = answer.getChild('captcha', NS_CAPTCHA)?.getChild('x')?.getChildren('field') ?? [];
    expect(fields.map((field) => `${field.attrs.var}=${field.getChildText('value')}`)).toEqual([
      `FORM_TYPE=${NS_CAPTCHA}`,
      'from=innocent@victim.com',
      'challenge=F3A6292C',
      'sid=spam1',
      'ocr=7nHL3',
    ]);
    const declined = xChallengeDeclined(asked);
    expect(declined.attrs).toMatchObject({ type: 'error', to: 'victim.com', id: 'F3A6292C' });
    expect(declined.getChild('error')?.getChild('not-acceptable')).toBeDefined();
  });

  it('is read without a throw, whatever it is', () => {
    const any = anyStanza([NS_CAPTCHA, 'jabber:x:data'], ['captcha', 'x', 'field', 'value']);
    fc.assert(fc.property(any, (stanza) => void parseChallenge(stanza)));
  });
});

describe('entering a room that asks first', () => {
  async function entering() {
    const room = new FakeRoom();
    const outcome = room.rooms.enter(ROOM, { nick: 'thirdwitch' }).then(
      () => 'in',
      (error: { condition: string }) => error.condition,
    );
    const id = room.session.take()[0]?.attrs.id ?? '';
    const asks = (from = ROOM, sid = id, about = `${ROOM}/thirdwitch`) =>
      room.session.receive(
        `<message from='${from}' to='hag66@example.org/pda' id='c1'><body>Visit us</body>${captcha(about, sid)}</message>`,
      );
    const asked = () => room.take().filter(([name]) => name === 'challenge');
    return { room, outcome, asks, asked };
  }

  it('ends with what the room wants to know (XEP-0158 §protocol-challenge)', async () => {
    const { room, outcome, asks, asked } = await entering();
    asks();
    expect(await outcome).toBe('captcha');
    expect(asked()).toMatchObject([
      ['challenge', { room: ROOM, nick: 'thirdwitch', challenge: { id: 'c1' } }],
    ]);
    expect(room.rooms.knows(ROOM)).toBe(false);
  });

  it('ignores what asks about something else, or comes from somebody else (§protocol-response)', async () => {
    const { room, outcome, asks, asked } = await entering();
    asks(ROOM, 'another');
    asks('evil.example');
    asks('other@chat.example.org', undefined, 'other@chat.example.org/thirdwitch');
    expect(asked()).toEqual([]);
    room.here('thirdwitch', { codes: [110] });
    expect(await outcome).toBe('in');
    asks();
    expect(asked()).toEqual([]);
  });

  it('goes on with the answer: the room lets us in by the presence that it has', async () => {
    const { room, outcome, asks, asked } = await entering();
    asks();
    await outcome;
    const [[, challenged] = []] = asked();
    room.session.whenAsked('set', 'captcha', NS_CAPTCHA, '');
    const answered = room.rooms.answerChallenge(challenged as never, { ocr: 'x' });
    room.here('thirdwitch', { codes: [110] });
    expect(await answered).toMatchObject({ room: ROOM, nick: 'thirdwitch' });
    expect(room.session.take().filter((stanza) => stanza.getName() === 'presence')).toEqual([]);
  });

  it('ends where the answer is wrong; a refusal of an earlier attempt refuses no later one', async () => {
    const { room, outcome, asks, asked } = await entering();
    asks();
    await outcome;
    const [[, challenged] = []] = asked();
    const wrong =
      "<error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
    room.session.whenAsked('set', 'captcha', NS_CAPTCHA, wrong);
    const answered = room.rooms.answerChallenge(challenged as never, { ocr: 'x' });
    await expect(answered).rejects.toMatchObject({ condition: 'not-acceptable' });
    const again = room.rooms.enter(ROOM, { nick: 'thirdwitch' });
    room.session.receive(
      `<presence from='${ROOM}/thirdwitch' to='hag66@example.org/pda' type='error' id='earlier'>` +
        "<error type='auth'><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>",
    );
    room.here('thirdwitch', { codes: [110] });
    expect(await again).toMatchObject({ nick: 'thirdwitch' });
  });
});
