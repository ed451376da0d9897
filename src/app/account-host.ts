/** Opens what an account needs: its local data, its client, and how to reach its server. */
import { appendFileSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { bareOf, domainOf } from '../chat/address.ts';
import type { Check } from '../chat/checks.ts';
import { Client } from '../chat/client.ts';
import type { Diagnosis } from '../chat/doctor.ts';
import type { SettingName } from '../chat/settings.ts';
import type { Stores } from '../chat/stores.ts';
import type { Config } from '../config/config.ts';
import { openTrace } from '../config/trace.ts';
import { UsageError } from '../ui/usage-error.ts';
import type { SessionOptions } from '../xmpp/session/create-session.ts';

/** What of the configuration an account is opened with; the demo puts its own in. */
export type Reach = Pick<
  Config,
  'service' | 'writtenFor' | 'resource' | 'dataDir' | 'filesDir' | 'timeout' | 'debug' | 'roomSearch'
> & {
  /** PEM text */
  readonly ca?: string | undefined;
};

export interface AccountHostOptions {
  readonly reach: Reach;
  readonly version: string;
  readonly languages: readonly string[];
  readonly overrides?: Readonly<Partial<Record<SettingName, string>>>;
  /** false: a lost connection ends the run, which says so at once */
  readonly reconnects: boolean;
  /** closed while what was printed waits for its reader */
  readonly intake?: SessionOptions['intake'];
}

export interface AccountHost {
  /** Opens the local data, once. Throws StorageError. */
  stores(): Promise<Stores>;
  /**
   * A client that connects when it is first asked to. `password` is asked for then. `insists`: the first connection, too,
   * is tried until there is one.
   */
  client(
    jid: string,
    password?: () => Promise<string>,
    options?: { readonly insists?: boolean },
  ): Promise<Client>;
  session(jid: string, password: string): SessionOptions;
  /** Checks the way to a server, by the way it is given here; `account` logs in where the domain is its own. */
  examine(domain: string, examination: Examination): Promise<Diagnosis>;
  /** Puts local data out of the way that cannot be read, and begins anew; resolves to where it is kept. Throws StorageError. */
  moveAside(): Promise<string>;
  /** Ends every client and the local data. */
  close(): Promise<void>;
}

export interface Examination {
  readonly account: { readonly jid: string; readonly password: string } | undefined;
  readonly signal: AbortSignal;
  tell(check: Check): void;
}

/** Bare JID of the account of the run. Throws UsageError `missing-account`, `account-without-server`. */
export function accountOf({ jid }: Pick<Config, 'jid'>): string {
  if (jid === undefined) throw new UsageError('missing-account');
  // A bare user name, and no domain that completes it.
  if (!jid.includes('@')) throw new UsageError('account-without-server', { jid });
  return bareOf(jid);
}

/** What this run says of settings counts before what is kept. */
export function overridesOf(config: Config): Readonly<Partial<Record<SettingName, string>>> {
  return {
    ...(config.sources.acceptFiles === 'default' ? {} : { 'accept-files': config.acceptFiles }),
    ...(config.autoApprove ? { 'auto-approve': 'on' } : {}),
    ...(config.fileRoute === undefined ? {} : { 'file-route': config.fileRoute }),
    ...(config.directFiles === undefined ? {} : { 'direct-files': config.directFiles }),
    ...(config.privateLinks ? { 'private-links': 'on' } : {}),
    ...(config.keepMessages === undefined ? {} : { 'keep-messages': config.keepMessages }),
  };
}

/** Throws ConfigError where the trace cannot be written. */
export function accountHost({
  reach,
  version,
  languages,
  overrides,
  reconnects,
  intake,
}: AccountHostOptions): AccountHost {
  const clients = new Set<Client>();
  let opened: Promise<Stores> | undefined;
  let trace = reach.debug === undefined ? undefined : openTrace(reach.debug, 'default');

  function debug(line: string): void {
    if (trace === undefined) return;
    try {
      appendFileSync(trace, line.endsWith('\n') ? line : `${line}\n`);
    } catch {
      // A disk that is full must not end the conversation as well.
      closeSync(trace);
      trace = undefined;
    }
  }

  async function open(): Promise<Stores> {
    const { DATABASE_FILE, openStores } = await import('../storage/stores.ts');
    return openStores(join(reach.dataDir, DATABASE_FILE));
  }

  const stores = () => {
    opened ??= open().catch((error: unknown) => {
      // The reason may be gone at the next try.
      opened = undefined;
      throw error;
    });
    return opened;
  };

  /** The server and the authorities that were given for that domain, for a log-in, a registration and a check alike. */
  function wayTo(domain: string): Pick<Reach, 'service' | 'ca'> {
    const { writtenFor, service, ca } = reach;
    const counts = (key: 'service' | 'ca') => writtenFor[key]?.includes(domain) !== false;
    return { service: counts('service') ? service : undefined, ca: counts('ca') ? ca : undefined };
  }

  async function examine(domain: string, { account, signal, tell }: Examination): Promise<Diagnosis> {
    const { checkConnection } = await import('../chat/doctor.ts');
    const own = account !== undefined && domainOf(account.jid) === domain ? account : undefined;
    const mechanism = own && (await stores()).accounts.account(own.jid)?.mechanism;
    return checkConnection(
      {
        ...wayTo(domain),
        domain,
        lang: languages[0],
        timeout: reach.timeout,
        debug: trace === undefined ? undefined : debug,
        account: own && { ...own, strongestSeen: mechanism },
        signal,
      },
      tell,
    );
  }

  function session(jid: string, password: string): SessionOptions {
    return {
      jid,
      password,
      resource: reach.resource,
      ...wayTo(domainOf(bareOf(jid))),
      lang: languages[0],
      timeout: reach.timeout,
      reconnect: reconnects ? 'after-online' : 'never',
      goodbye: reconnects ? 'awaited' : 'said',
      debug: trace === undefined ? undefined : debug,
      intake,
    };
  }

  return {
    stores,
    session,
    examine,
    async moveAside() {
      const [{ DATABASE_FILE }, { moveAside }] = await Promise.all([
        import('../storage/stores.ts'),
        import('../storage/aside.ts'),
      ]);
      const held = await opened?.catch(() => undefined);
      held?.close();
      opened = undefined;
      const kept = moveAside(join(reach.dataDir, DATABASE_FILE), Date.now());
      return kept;
    },
    async client(jid, password, { insists = false } = {}) {
      const held = await stores();
      const client = new Client({
        account: jid,
        stores: held,
        session:
          password &&
          (async () => {
            const settings = session(jid, await password());
            const reconnect = insists ? 'always' : settings.reconnect;
            // Each run its own: two runs with one resource would throw each other out (RFC 6120 §7.7.2.2).
            const wanted = { resource: reach.resource, resumes: reconnects };
            const instance = held.instances.claim(jid, wanted);
            const strongestSeen = held.accounts.account(jid)?.mechanism;
            return { ...settings, reconnect, instance, resource: instance.resource, strongestSeen };
          }),
        filesDir: () => reach.filesDir,
        version,
        languages,
        roomSearch: reach.roomSearch,
        ...(overrides === undefined ? {} : { overrides }),
      });
      clients.add(client);
      return client;
    },
    async close() {
      await Promise.all([...clients].map((client) => client.close()));
      const held = await opened?.catch(() => undefined);
      held?.close();
      // What is still said goes nowhere: the number of the file may be another's soon.
      const file = trace;
      trace = undefined;
      if (file !== undefined) closeSync(file);
    },
  };
}
