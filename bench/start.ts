/** From the launch to something to do: the first menu; online with the contacts on the screen; memory then. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { figuresOf, ratio, shown, table, verdict } from './figures.ts';
import { machine } from './machine.ts';
import { inPlace, installed, LAUNCHER, online, PASSWORD, type Place } from './place.ts';
import { show } from './terminal.ts';
import { type Contestant, complaints, inTurns, type Result } from './turns.ts';

const MENU_GOAL = 150;
const ONLINE_GOAL = 0.6;
const MEMORY_GOAL = 75;
/** what everybody calls the one contact who is online */
const CONTACT = 'Benchpal';
/** milliseconds of idling before memory is looked at */
const REST = 3000;

const MENU = 'xmpp-chat, first menu';
const OWN = 'xmpp-chat, contacts';
const PEERS = ['profanity', 'mcabber'] as const;

interface Sample {
  readonly milliseconds: number;
  readonly memory: number | undefined;
}

/** Prints the tables, and what could not be measured. */
export async function startBench(rounds: number): Promise<void> {
  const contacts = (name: string, shownAs: string) => [{ jid: `${name}@localhost`, name: shownAs }];
  const accounts = [
    { name: 'user', contacts: contacts('pal', CONTACT) },
    { name: 'pal', contacts: contacts('user', 'user') },
  ];
  await inPlace(accounts, async (place) => {
    const pal = await online(place.server, 'pal');
    try {
      const menu = await inTurns(rounds, [firstMenu(place)]);
      const log = await inTurns(rounds, [
        loggedIn(place),
        ...PEERS.filter(installed).map((name) => peer(place, name)),
      ]);
      print([...menu, ...log], rounds);
    } finally {
      await pal.close();
    }
  });
}

async function newHome({ folder }: Place): Promise<string> {
  const home = await mkdtemp(join(folder, 'home-'));
  await mkdir(join(home, 'work'));
  return home;
}

/** A contestant that is started in a home of its own and shows `text`. */
function shower(
  place: Place,
  name: string,
  prepare: (home: string) => Promise<{ command: readonly string[]; env?: Record<string, string> }>,
  text: RegExp,
  rest?: number,
): Contestant<Sample> {
  return {
    name,
    async turn() {
      const home = await newHome(place);
      const { command, env } = await prepare(home);
      const { milliseconds, memory } = await show({
        command,
        env: { ...place.env(home), ...env },
        cwd: join(home, 'work'),
        texts: [text],
        ...(rest === undefined ? {} : { rest }),
      });
      return { milliseconds: milliseconds[0] ?? Number.NaN, memory };
    },
  };
}

/** The start menu, to its last item. */
function firstMenu(place: Place): Contestant<Sample> {
  return shower(place, MENU, async () => ({ command: [process.execPath, LAUNCHER] }), /Exit/);
}

/** Account and password from the environment: it logs in at once and says who is online. */
function loggedIn(place: Place): Contestant<Sample> {
  const { service, caFile } = place.server;
  const env = { XMPP_JID: 'user@localhost', XMPP_PASSWORD: PASSWORD };
  const command = [process.execPath, LAUNCHER, '--service', service, '--ca', caFile];
  return shower(place, OWN, async () => ({ command, env }), new RegExp(CONTACT), REST);
}

/** With the settings that show least and log in at once. */
function peer(place: Place, name: (typeof PEERS)[number]): Contestant<Sample> {
  const prepare = name === 'profanity' ? profanity : mcabber;
  return shower(place, name, (home) => prepare(place, home), new RegExp(CONTACT), REST);
}

async function profanity({ server }: Place, home: string) {
  const account = {
    enabled: 'true',
    jid: 'user@localhost',
    server: server.host,
    port: String(server.port),
    resource: 'bench',
    password: PASSWORD,
    'tls.policy': 'trust',
    'presence.last': 'online',
    'presence.login': 'online',
  };
  await settings(join(home, '.local/share/profanity/accounts'), ['[bench]', ...pairs(account, '=')]);
  await settings(join(home, '.config/profanity/profrc'), ['[ui]', 'splash=false', 'roster=true']);
  return { command: ['profanity', '-a', 'bench'] };
}

async function mcabber({ server }: Place, home: string) {
  const options = {
    jid: 'user@localhost',
    password: PASSWORD,
    server: server.host,
    port: String(server.port),
    resource: 'bench',
    tls: '1',
    ssl_ignore_checks: '1',
  };
  await settings(
    join(home, '.mcabber/mcabberrc'),
    pairs(options, ' = ').map((line) => `set ${line}`),
  );
  return { command: ['mcabber'] };
}

const pairs = (values: Record<string, string>, between: string): string[] =>
  Object.entries(values).map(([name, value]) => `${name}${between}${value}`);

async function settings(path: string, lines: readonly string[]): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  await writeFile(path, `${lines.join('\n')}\n`, { mode: 0o600 });
}

function print(results: readonly Result<Sample>[], rounds: number): void {
  const times = (name: string) =>
    results.find((result) => result.name === name)?.samples.map(({ milliseconds }) => milliseconds) ?? [];
  const memory = ({ samples }: Result<Sample>) => samples.flatMap((sample) => sample.memory ?? []);
  const reference = times('profanity');
  console.log(
    table(
      `Launch to the screen, milliseconds: median [least..most] of ${rounds}, in turns; memory idle ${REST / 1000} s later\n${machine()}`,
      ['', 'on screen ms', '÷ profanity', 'idle MB'],
      results.map((result) => [
        result.name,
        shown(times(result.name)),
        result.name === MENU ? '' : ratio(times(result.name), reference),
        shown(memory(result)),
      ]),
    ),
  );
  for (const line of complaints(results, rounds)) console.log(line);
  for (const name of PEERS) if (!installed(name)) console.log(`${name} is not installed: not measured`);
  const own = results.find(({ name }) => name === OWN);
  const median = (samples: readonly number[]) => figuresOf(samples).median;
  if (times(MENU).length > 0) console.log(verdict(MENU, median(times(MENU)), MENU_GOAL, 'ms'));
  if (times(OWN).length > 0 && reference.length > 0)
    console.log(verdict(`${OWN} ÷ profanity`, median(times(OWN)) / median(reference), ONLINE_GOAL, '×'));
  if (own !== undefined && memory(own).length > 0)
    console.log(verdict(`${OWN}, memory idle`, median(memory(own)), MEMORY_GOAL, 'MB'));
}
