/** Two devices of one account and a friend, on a real server: what one shows, the other shows too. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Device } from '../support/device.ts';
import { type Server, startServer } from '../support/server.ts';

describe.each(['disk', 'none'] as const)('archive: %s', (archive) => {
  let server: Server;
  let phone: Device;
  let laptop: Device;
  let romeo: Device;
  let lobby: string;
  const archived = archive !== 'none';

  beforeAll(async () => {
    const both = (jid: string) => ({
      password: 'secret',
      contacts: [{ jid, subscription: 'both' as const }],
    });
    server = await startServer(undefined, {
      archive,
      users: [
        { name: 'juliet', ...both('romeo@localhost') },
        { name: 'romeo', ...both('juliet@localhost') },
      ],
    });
    lobby = `lobby@${server.rooms}`;
    phone = new Device(server, 'juliet', 'phone');
    laptop = new Device(server, 'juliet', 'laptop');
    romeo = new Device(server, 'romeo', 'orchard');
    for (const device of [romeo, phone, laptop]) await device.come();
  });
  afterAll(async () => {
    await Promise.all([phone, laptop, romeo].map((device) => device?.end()));
    await server?.stop();
  });

  /** All devices of juliet show the same of a chat. */
  async function expectSame(chat: string, texts: readonly string[]): Promise<void> {
    for (const device of [phone, laptop]) {
      await device.until(() => device.texts(chat).length >= texts.length, texts.join(' | '));
      await device.client.history.caughtUp();
      expect(device.texts(chat), device.name).toEqual(texts);
    }
  }

  it('shows on each what was typed on the other, and what came, once and in order (XEP-0280)', async () => {
    const steps: [Device, string, string][] = [
      [phone, romeo.jid, 'one'],
      [laptop, romeo.jid, 'two'],
      [romeo, phone.jid, 'three'],
      [phone, romeo.jid, 'four'],
      [romeo, phone.jid, 'five'],
    ];
    for (const [from, to, body] of steps) {
      from.client.messages.send(to, body);
      for (const device of [phone, laptop]) await device.message(romeo.jid, body);
      await romeo.message(phone.jid, body);
    }
    await expectSame(romeo.jid, ['> one', '> two', 'three', '> four', 'five']);
    expect(romeo.texts(phone.jid)).toEqual(['one', 'two', '> three', 'four', '> five']);
  });

  it('raises what was sent to delivered, and to read (XEP-0184, XEP-0333)', async () => {
    const { row } = phone.client.messages.send(romeo.jid, 'did you get it?');
    const state = () => phone.history(romeo.jid).find((message) => message.row === row)?.state;
    await phone.until(() => state() === 'delivered', 'delivered');
    await romeo.message(phone.jid, 'did you get it?');
    romeo.client.chats.markRead(phone.jid);
    await phone.until(() => state() === 'read', 'read');
  });

  it('keeps a message to oneself once on each (XEP-0280, XEP-0313)', async () => {
    phone.client.messages.send(phone.jid, 'milk');
    for (const device of [phone, laptop]) await device.message(phone.jid, 'milk');
    laptop.client.messages.send(phone.jid, 'bread');
    for (const device of [phone, laptop]) await device.message(phone.jid, 'bread');
    await expectSame(phone.jid, ['> milk', '> bread']);
    expect([phone.unread(phone.jid), laptop.unread(phone.jid)]).toEqual([0, 0]);
  });

  it('brings corrections, retractions and reactions to all (XEP-0308, 0424, 0444)', async () => {
    const wrong = phone.client.messages.send(romeo.jid, 'at egiht');
    const regret = phone.client.messages.send(romeo.jid, 'regret');
    await Promise.all(
      [laptop, romeo].map((device) => device.message(device === romeo ? phone.jid : romeo.jid, 'regret')),
    );
    phone.client.messages.correct(wrong.row, 'at eight');
    phone.client.messages.retract(regret.row);
    const said = await romeo.message(phone.jid, 'at eight');
    romeo.client.messages.react(said.row, ['👍']);
    for (const device of [phone, laptop]) {
      const of = () => device.history(romeo.jid);
      await device.until(() =>
        of().some(({ body, reactions }) => body === 'at eight' && reactions.length === 1),
      );
      await device.until(() => of().some(({ id, retracted }) => id === regret.id && retracted));
      const [own] = of().filter(({ id }) => id === wrong.id);
      expect(own).toMatchObject({ corrected: true, reactions: [{ from: romeo.jid, emojis: ['👍'] }] });
      expect(device.texts(romeo.jid)).not.toContain('> at egiht');
    }
    await romeo.until(() =>
      romeo.history(phone.jid).some(({ id, retracted }) => id === regret.id && retracted),
    );
  });

  it('sends what was changed without a connection at the next log-in, once (XEP-0308, 0424, 0444)', async () => {
    const wrong = phone.client.messages.send(romeo.jid, 'tomorow');
    const regret = phone.client.messages.send(romeo.jid, 'forget this');
    await romeo.message(phone.jid, 'forget this');
    romeo.client.messages.send(phone.jid, 'fine');
    const fine = await phone.message(romeo.jid, 'fine');
    await laptop.message(romeo.jid, 'fine');
    await phone.until(() => phone.client.messages.get(regret.row)?.state === 'delivered', 'delivered');
    await phone.leave();
    phone.client.messages.correct(wrong.row, 'tomorrow');
    phone.client.messages.retract(regret.row);
    phone.client.messages.react(fine.row, ['👍']);
    const rows = [wrong.row, regret.row, fine.row];
    const states = () => rows.map((row) => phone.client.messages.get(row)?.amendment?.state);
    expect(states()).toEqual(['queued', 'queued', 'queued']);
    await phone.come();
    await phone.until(() => states().every((state) => state === 'acked'), 'acknowledged');
    for (const device of [romeo, laptop]) {
      const chat = device === romeo ? phone.jid : romeo.jid;
      const of = (id: string) => device.history(chat).find((message) => message.id === id);
      await device.until(() => of(wrong.id)?.body === 'tomorrow', 'the correction');
      await device.until(() => of(regret.id)?.retracted === true, 'the retraction');
      await device.until(() => of(fine.id)?.reactions[0]?.from === phone.jid, 'the reaction');
    }
  });

  it('says nowhere what is still to be read, when it was read on one (XEP-0490)', async () => {
    for (const device of [phone, laptop]) device.client.chats.markRead(romeo.jid);
    romeo.client.messages.send(phone.jid, 'news');
    for (const device of [phone, laptop]) {
      await device.message(romeo.jid, 'news');
      expect(device.unread(romeo.jid)).toBe(1);
    }
    phone.client.chats.markRead(romeo.jid);
    expect(phone.unread(romeo.jid)).toBe(0);
    await laptop.until(() => laptop.unread(romeo.jid) === 0, 'read on the phone');
  });

  describe('after being away', () => {
    let before: string[];
    let corrected: string;

    beforeAll(async () => {
      before = phone.texts(romeo.jid);
      await laptop.leave();
      const said = phone.client.messages.send(romeo.jid, 'while you were awya');
      corrected = said.id;
      await romeo.message(phone.jid, 'while you were awya');
      phone.client.messages.correct(said.row, 'while you were away');
      romeo.client.messages.react((await romeo.message(phone.jid, 'while you were away')).row, ['🎉']);
      await phone.until(() =>
        phone.history(romeo.jid).some(({ reactions }) => reactions[0]?.emojis[0] === '🎉'),
      );
      romeo.client.messages.send(phone.jid, 'read on the phone');
      await phone.message(romeo.jid, 'read on the phone');
      phone.client.chats.markRead(romeo.jid);
      romeo.client.messages.send(phone.jid, 'not read');
      await phone.message(romeo.jid, 'not read');
      await laptop.come();
    });

    it.runIf(archived)('has what was typed and what came, once and in order (XEP-0313)', async () => {
      const missed = ['> while you were away', 'read on the phone', 'not read'];
      await expectSame(romeo.jid, [...before, ...missed]);
      expect(laptop.news.map(({ body }) => body).filter((body) => body.includes('read'))).toEqual([
        'read on the phone',
        'not read',
      ]);
    });

    it.runIf(archived)('has what was changed meanwhile', () => {
      const [message] = laptop.history(romeo.jid).filter(({ id }) => id === corrected);
      expect(message).toMatchObject({
        body: 'while you were away',
        corrected: true,
        reactions: [{ emojis: ['🎉'] }],
      });
    });

    it.runIf(archived)('counts only what was read nowhere (XEP-0490)', async () => {
      await laptop.until(() => laptop.unread(romeo.jid) === 1, 'one unread');
    });

    it('has what came before there was a device at all (XEP-0160)', async () => {
      await Promise.all([laptop.leave(), phone.leave()]);
      const { row } = romeo.client.messages.send(phone.jid, 'nobody there');
      await romeo.client.messages.settled(row, { timeout: 5000 });
      await phone.come();
      await phone.message(romeo.jid, 'nobody there');
      await laptop.come();
      if (archived) await laptop.message(romeo.jid, 'nobody there');
      for (const device of [phone, laptop]) {
        await device.client.history.caughtUp();
        const times = device.texts(romeo.jid).filter((text) => text === 'nobody there').length;
        expect(times, device.name).toBe(archived || device === phone ? 1 : 0);
      }
    });
  });

  describe('in a room', () => {
    const nick = 'juliet';

    beforeAll(async () => {
      await romeo.client.rooms.join(lobby, { nick: 'romeo', keep: true });
      await phone.client.rooms.join(lobby, { nick, keep: true });
      await laptop.client.rooms.join(lobby, { nick, keep: true });
    });

    it('shows the same on both (XEP-0045 §7.4)', async () => {
      const steps: [Device, string][] = [
        [romeo, 'room one'],
        [phone, 'room two'],
        [laptop, 'room three'],
      ];
      for (const [from, body] of steps) {
        from.client.messages.send(lobby, body);
        for (const device of [phone, laptop, romeo]) await device.message(lobby, body);
      }
      await expectSame(lobby, ['room one', '> room two', '> room three']);
      expect(phone.history(lobby).map(({ state }) => state)).toEqual([undefined, 'acked', 'acked']);
    });

    it('keeps what is said in private once on each (XEP-0045 §7.5)', async () => {
      romeo.client.messages.send(`${lobby}/${nick}`, 'psst');
      const chat = `${lobby}/romeo`;
      await phone.message(chat, 'psst');
      phone.client.messages.send(chat, 'what?');
      await romeo.message(`${lobby}/${nick}`, 'what?');
      for (const device of [phone, laptop]) {
        await device.client.history.caughtUp();
        if (archived) expect(device.texts(chat), device.name).toEqual(['psst', '> what?']);
        else expect(device.texts(chat).filter((text) => text === 'psst').length).toBeLessThan(2);
      }
    });

    it('takes a correction of who is still there (XEP-0308 §security)', async () => {
      const { row } = romeo.client.messages.send(lobby, 'romm four');
      for (const device of [phone, laptop]) await device.message(lobby, 'romm four');
      await romeo.client.messages.settled(row, { timeout: 5000 });
      romeo.client.messages.correct(row, 'room four');
      for (const device of [phone, laptop]) {
        await device.message(lobby, 'room four');
        expect(device.texts(lobby)).toEqual(['room one', '> room two', '> room three', 'room four']);
      }
    });

    it('counts nothing as unread that the other device displayed (XEP-0490)', async () => {
      for (const device of [phone, laptop]) device.client.chats.markRead(lobby);
      romeo.client.messages.send(lobby, 'room five');
      for (const device of [phone, laptop]) await device.message(lobby, 'room five');
      expect(laptop.unread(lobby)).toBe(1);
      phone.client.chats.markRead(lobby);
      // Only what a room gives an id can be named to other devices.
      if (archived) await laptop.until(() => laptop.unread(lobby) === 0, 'the room read on the phone');
    });

    it('brings what was missed, once and in order, with an archive and without', async () => {
      await laptop.leave();
      const missed = ['room six', 'room seven', 'room eight'];
      for (const body of missed) {
        romeo.client.messages.send(lobby, body);
        await phone.message(lobby, body);
      }
      await laptop.come();
      await laptop.message(lobby, 'room eight');
      const texts = ['room one', '> room two', '> room three', 'room four', 'room five', ...missed];
      await laptop.until(() => laptop.texts(lobby).length >= texts.length);
      expect(laptop.texts(lobby)).toEqual(texts);
      expect(laptop.news.filter(({ chat }) => chat === lobby).map(({ body }) => body)).toEqual(missed);
      // Away and back with nothing new.
      await laptop.leave();
      await laptop.come();
      romeo.client.messages.send(lobby, 'room nine');
      await laptop.message(lobby, 'room nine');
      expect(laptop.texts(lobby)).toEqual([...texts, 'room nine']);
    });
  });

  it('had no trouble', () => {
    expect([phone, laptop, romeo].flatMap(({ problems }) => problems)).toEqual([]);
  });
});
