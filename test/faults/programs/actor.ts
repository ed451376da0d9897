/**
 * Somebody of the fault tests: class Client on a database of its own, told by JSON lines on standard input what to
 * do; it answers by JSON lines and tells what happens. It dies by SIGKILL exactly where it was told to: before or
 * after any call of the message store, or before or after a message was handed to the stream.
 *
 * Started by test/faults/actor.ts.
 */
import { createInterface } from 'node:readline';
import { Client } from '../../../src/chat/client.ts';
import { isStorageFailure, type Stores } from '../../../src/chat/stores.ts';
import { openStores } from '../../../src/storage/stores.ts';
import { isUneventful } from '../../../src/ui/conversation/room-lines.ts';
import {
  createSession,
  type SessionControl,
  type SessionOptions,
} from '../../../src/xmpp/session/create-session.ts';
import type { ActorCommand, ActorLine, ActorSettings } from '../actor.ts';

const settings = JSON.parse(process.argv[2] ?? '') as ActorSettings;
const { account, database, resource, quota, busyTimeout, dns, kill, filesDir, roomSilences, ...session } =
  settings;

const print = (line: ActorLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

// ---- where it dies

const left = new Map<string, number>();
if (kill !== undefined) left.set(kill.at, kill.count);

/** A place that was reached; the last line that it prints is this. */
function reached(place: string): void {
  const count = left.get(place);
  if (count === undefined) return;
  left.set(place, count - 1);
  if (count > 1) return;
  print({ event: 'dies', at: place });
  process.kill(process.pid, 'SIGKILL');
  // The signal needs a moment; nothing may happen in it.
  for (;;);
}

/** Names of a call: `append`, and for a state also `setState acked`. */
function places(name: string, args: readonly unknown[]): string[] {
  return name === 'setState' ? [name, `${name} ${String(args[1])}`] : [name];
}

function watched(stores: Stores): Stores {
  const messages = new Proxy(stores.messages, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => {
        const names = places(String(name), args);
        for (const each of names) reached(`before ${each}`);
        const result: unknown = Reflect.apply(method, target, args);
        for (const each of names) reached(`after ${each}`);
        return result;
      };
    },
  });
  return { ...stores, messages };
}

function watchedSession(options: SessionOptions): SessionControl {
  const made = createSession(options);
  const send = made.send.bind(made);
  made.send = (stanza) => {
    const says = stanza.name === 'message' && stanza.getChild('body') !== undefined;
    if (says) reached('before send');
    send(stanza);
    if (says) reached('after send');
  };
  return made;
}

// ---- the client

/** Answers of a name service that fails, is slow, and names another place each time. */
function resolveSrv(): SessionOptions['resolveSrv'] {
  if (dns === undefined) return undefined;
  const answers = [...dns];
  return async (name) => {
    if (!name.startsWith('_xmpp-client')) return [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    print({ event: 'asked', name });
    if (answer?.after !== undefined) await new Promise((resolve) => setTimeout(resolve, answer.after));
    if (answer?.port === undefined) throw Object.assign(new Error('no answer'), { code: 'ESERVFAIL' });
    return [{ name: '127.0.0.1', port: answer.port, priority: 0, weight: 0 }];
  };
}

const stores = watched(openStores(database, { quota, busyTimeout }));
const client = new Client({
  account,
  stores,
  session: async () => {
    const instance = stores.instances.claim(account, { resource, resumes: true });
    return {
      jid: account,
      instance,
      resource: instance.resource,
      reconnect: 'always',
      // No jitter: the seed of the run decides times.
      random: () => 0.999,
      resolveSrv: resolveSrv(),
      ...session,
      onFault: (error) => {
        // What the store could not do is told as a problem.
        if (isStorageFailure(error)) return;
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      },
    };
  },
  createSession: watchedSession,
  filesDir: () => filesDir ?? '/nonexistent',
  version: '0',
  languages: ['en'],
  roomSilences,
});

client.on('connection', ({ state, condition, final, retryIn }) =>
  print({ event: 'connection', state, condition, final, retryIn }),
);
client.on('message', ({ chat, direction, body, state }) =>
  print({ event: 'message', chat, direction, body, state }),
);
client.on('messageChanged', ({ chat, body, state, failure }) =>
  print({ event: 'changed', chat, body, state, failure: failure?.condition }),
);
client.on('presence', ({ jid, show, initial }) => print({ event: 'presence', jid, show, initial }));
client.on('occupant', ({ room, nick, event: what, again = false }) =>
  print({ event: 'occupant', room, nick, what, told: !again }),
);
client.on('room', (event) => {
  const { room, event: what, condition } = event;
  print({ event: 'room', room, what, condition, told: !isUneventful(event) });
});
client.on('file', ({ direction, name, state, sent, failure, sha256 }) =>
  print({ event: 'file', direction, name, state, sent, failure, sha256 }),
);
client.on('problem', ({ condition }) => print({ event: 'problem', condition }));

/** Resolves when `holds` is true. Looks by the clock: another process may change what is kept, and nobody tells. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50));
}

const machineTime = Date.now;

async function perform(command: ActorCommand): Promise<void> {
  switch (command.do) {
    case 'online':
      await client.online('presence');
      await client.contacts.settled();
      return;
    case 'join':
      await client.rooms.join(command.room, { nick: command.nick, keep: true });
      return;
    case 'send':
      // In one go or one at a time; who writes offline needs no connection.
      for (let n = command.from; n <= command.to; n += 1) {
        for (const chat of command.chats) client.messages.send(chat, `${command.prefix}${n}`);
        if (command.every !== undefined) await new Promise((resolve) => setTimeout(resolve, command.every));
      }
      return;
    case 'settle':
      return until(() => stores.messages.pending(account).length === 0);
    case 'send-file':
      if (command.route !== undefined) client.settings.set('file-route', command.route);
      client.files.send(command.path, command.to).catch(() => undefined);
      return;
    case 'get':
      // The server of the tests is on this computer.
      client.settings.set('private-links', 'on');
      client.files.fetch(client.files.links()[0]?.url ?? '').catch(() => undefined);
      return;
    case 'holds': {
      const { chat, texts } = command;
      return until(() => {
        const kept = new Set(client.history.read({ chat, limit: 1_000_000 }).map(({ body }) => body));
        return texts.every((text) => kept.has(text));
      });
    }
    case 'clock':
      Date.now = () => machineTime() + command.ahead;
      return;
    case 'catch-up':
      return client.history.caughtUp();
    case 'kill':
      left.set(command.at, command.count);
      return;
    case 'close':
      await client.close();
      stores.close();
      return;
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const { id, ...command } = JSON.parse(line) as ActorCommand & { readonly id: number };
  perform(command).then(
    () => {
      print({ event: 'done', id });
      if (command.do === 'close') lines.close();
    },
    (error: { condition?: string; message?: string }) =>
      print({ event: 'failed', id, condition: error.condition ?? String(error.message) }),
  );
});
print({ event: 'started' });
