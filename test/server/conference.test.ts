/** A conversation of two goes on in a room, with a third person, on a real server. XEP-0045 §7.9 */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Device } from '../support/device.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let juliet: Device;
let romeo: Device;
let nurse: Device;

beforeAll(async () => {
  const users = [
    { name: 'juliet', password: 'secret', contacts: [{ jid: 'romeo@localhost' }] },
    { name: 'romeo', password: 'secret', contacts: [{ jid: 'juliet@localhost' }] },
    { name: 'nurse', password: 'secret' },
  ];
  server = await startServer(undefined, { users });
  [juliet, romeo, nurse] = await Promise.all([
    new Device(server, 'juliet', 'desk').come(),
    new Device(server, 'romeo', 'desk').come(),
    new Device(server, 'nurse', 'desk').come(),
  ]);
  juliet.client.messages.send(romeo.jid, 'wherefore art thou?');
  await romeo.hears('message', { body: 'wherefore art thou?' });
  romeo.client.messages.send(juliet.jid, 'here, below');
  await juliet.hears('message', { body: 'here, below' });
});
afterAll(async () => {
  await Promise.all([juliet?.end(), romeo?.end(), nurse?.end()]);
  await server?.stop();
});
beforeEach(() => {
  for (const device of [juliet, romeo, nurse]) device.told = [];
});

it('makes a room for members only, and asks both; nothing of what was said is there', async () => {
  const { room, invited, sent } = await juliet.client.conferences.start(romeo.jid, {
    others: [nurse.jid],
    history: 0,
    reason: 'come',
  });
  expect({ invited, sent }).toEqual({ invited: [romeo.jid, nurse.jid], sent: 0 });
  const asked = await romeo.hears('request', { kind: 'invitation', room });
  expect(asked).toMatchObject({ from: juliet.jid, text: 'come', continues: {} });
  const other = await nurse.hears('request', { kind: 'invitation', room });
  expect(other).toMatchObject({ from: juliet.jid, continues: {} });
  // Only the two of them know what names their conversation.
  const open = (device: Device) => device.client.requests.list().find((request) => request.room === room);
  const [his, hers] = [open(romeo), open(nurse)];
  expect(his && romeo.client.conferences.continuesOurs(his)).toBe(true);
  expect(hers && nurse.client.conferences.continuesOurs(hers)).toBe(false);

  const form = await juliet.client.rooms.administration.configuration(room);
  const value = (name: string) =>
    form?.fields.find((field) => field.name === `muc#roomconfig_${name}`)?.value;
  expect([value('membersonly'), value('publicroom'), value('whois')]).toEqual(['1', '0', 'anyone']);
  expect(value('roomname')).toBe('juliet, romeo, nurse');

  await nurse.client.requests.accept(String(other.id));
  expect(nurse.client.rooms.get(room)?.joined).toBe(true);
  for (const { client } of [juliet, nurse])
    await expect.poll(() => client.rooms.name(room)).toBe('juliet, romeo, nurse');
  await romeo.client.requests.accept(String(asked.id));
  await juliet.client.messages.send(room, 'we are three now');
  await nurse.hears('message', { chat: room, body: 'we are three now' });
  expect(nurse.client.history.read({ chat: room, limit: 10 }).map(({ body }) => body)).toEqual([
    'we are three now',
  ]);
});

it('sends as much of what was said as is wished, each with its author and its time', async () => {
  const { room, sent } = await juliet.client.conferences.start(romeo.jid, {
    others: [nurse.jid],
    history: 1,
  });
  expect(sent).toBe(1);
  const asked = await nurse.hears('request', { kind: 'invitation', room });
  await nurse.client.requests.accept(String(asked.id));
  await nurse.until(() => nurse.client.history.read({ chat: room, limit: 9 }).length > 0, 'the history');
  expect(nurse.client.history.read({ chat: room, limit: 9 }).map(({ body }) => body)).toEqual([
    `${romeo.jid}: here, below`,
  ]);
  const mine = juliet.client.history.read({ chat: room, limit: 9 });
  const [said] = juliet.client.history.read({ chat: romeo.jid, limit: 1 });
  expect(mine).toMatchObject([{ direction: 'out', state: 'acked' }]);
  // To the millisecond, or to the second where the room keeps no more.
  expect(Math.abs((mine[0]?.time ?? 0) - (said?.time ?? 0))).toBeLessThan(1000);
});

it('says whom the server does not know; who was not asked finds no such room and may not enter it', async () => {
  const made = await juliet.client.conferences.start(romeo.jid, { others: ['nobody@localhost'], history: 0 });
  expect(made).toMatchObject({ invited: [romeo.jid], failed: ['nobody@localhost'] });
  expect((await nurse.client.rooms.browse()).map((row) => row.room)).not.toContain(made.room);
  await expect(nurse.client.rooms.join(made.room)).rejects.toMatchObject({
    condition: 'registration-required',
  });
});
