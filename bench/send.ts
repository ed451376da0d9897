/** A message by one command: launch, log-in, message acknowledged, exit. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { figuresOf, ratio, shown, table, verdict } from './figures.ts';
import { machine } from './machine.ts';
import { inPlace, installed, LAUNCHER, online, PASSWORD, type Place, PROGRAM, RAW_SEND } from './place.ts';
import { type Contestant, complaints, inTurns, type Result } from './turns.ts';

const GOAL = 1;
/** milliseconds: whoever takes longer is stuck */
const PATIENCE = 20_000;
const PEER = 'go-sendxmpp';
const OWN = 'xmpp-chat --send';

/** milliseconds from the launch to the exit, which has to be in order */
function run(command: readonly string[], env: Record<string, string>, input = ''): Promise<number> {
  const [file = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(file, args, { env, stdio: ['pipe', 'ignore', 'pipe'], timeout: PATIENCE });
    let said = '';
    let ended = 0;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.stdin.on('error', () => undefined).end(input);
    child.once('error', reject);
    child.once('exit', () => {
      ended = performance.now();
    });
    child.once('close', (code, signal) => {
      if (code === 0) resolve(ended - began);
      else reject(new Error(`ended with ${code ?? signal}: ${said.trim().split('\n').at(-1) ?? ''}`));
    });
  });
}

interface Sink {
  /** Rejects when the message with this text did not come within a second. */
  got(text: string): Promise<void>;
  close(): Promise<void>;
}

async function openSink({ server }: Place): Promise<Sink> {
  const session = await online(server, 'sink');
  const seen = new Set<string>();
  let look = () => {};
  session.on('message', (stanza) => {
    seen.add(stanza.getChildText('body') ?? '');
    look();
  });
  return {
    got: (text) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('its message did not arrive')), 1000);
        look = () => {
          if (!seen.delete(text)) return;
          clearTimeout(timer);
          resolve();
        };
        look();
      }),
    close: () => session.close(),
  };
}

async function contestants(place: Place, sink: Sink): Promise<Contestant<number>[]> {
  const { server, folder } = place;
  const env = { ...place.env(folder), XMPP_PASSWORD: PASSWORD };
  const used = join(folder, 'used');
  await mkdir(used);
  const account = ['-j', 'sender@localhost', '--service', server.service, '--ca', server.caFile];
  const own = (program: string, data: string) => [process.execPath, program, ...account, '--data-dir', data];
  let count = 0;
  const sender = (name: string, go: (text: string) => Promise<number>): Contestant<number> => ({
    name,
    async turn() {
      count += 1;
      const text = `message ${count}`;
      const milliseconds = await go(text);
      await sink.got(text);
      return milliseconds;
    },
  });
  const to = 'sink@localhost';
  const ours = (name: string, program: string, data: () => Promise<string>) =>
    sender(name, async (text) => run([...own(program, await data()), '--send', to, text], env));
  return [
    ours(OWN, LAUNCHER, async () => used),
    ours(`${OWN}, new data folder`, LAUNCHER, () => mkdtemp(join(folder, 'new-'))),
    ours(`${OWN}, node dist/main.js`, PROGRAM, async () => used),
    ...(installed(PEER)
      ? [
          sender(PEER, (text) =>
            run(
              [PEER, '-u', 'sender@localhost', '-p', PASSWORD, '-j', `localhost:${server.port}`, to],
              { ...env, SSL_CERT_FILE: server.caFile },
              text,
            ),
          ),
        ]
      : []),
    sender('Node, sockets only', (text) =>
      run(
        [process.execPath, RAW_SEND, String(server.port), server.caFile, 'sender', PASSWORD, to, text],
        env,
      ),
    ),
    { name: 'Node, empty program', turn: () => run([process.execPath, '/dev/null'], env) },
  ];
}

/** Prints the table, and what could not be measured. */
export async function sendBench(rounds: number): Promise<void> {
  await inPlace([{ name: 'sender' }, { name: 'sink' }], async (place) => {
    const sink = await openSink(place);
    try {
      print(await inTurns(rounds, await contestants(place, sink)), rounds);
    } finally {
      await sink.close();
    }
  });
}

function print(results: readonly Result<number>[], rounds: number): void {
  const of = (name: string) => results.find((result) => result.name === name)?.samples;
  const peer = of(PEER);
  const floor = of('Node, sockets only');
  console.log(
    table(
      `Send one message and exit, milliseconds: median [least..most] of ${rounds}, in turns\n${machine()}`,
      ['', 'wall ms', `÷ ${PEER}`, '÷ sockets only'],
      results.map(({ name, samples }) => [name, shown(samples), ratio(samples, peer), ratio(samples, floor)]),
    ),
  );
  for (const line of complaints(results, rounds)) console.log(line);
  const own = of(OWN);
  if (peer === undefined) console.log(`${PEER} is not installed: not measured`);
  else if (own !== undefined && own.length > 0 && peer.length > 0)
    console.log(verdict(`${OWN} ÷ ${PEER}`, figuresOf(own).median / figuresOf(peer).median, GOAL, '×'));
}
