/** What we say of ourselves, kept for the next log-in. RFC 6121 §4. */
import type { Show } from '../events.ts';
import type { SettingsStore } from '../stores.ts';

export interface OwnPresence {
  readonly show: Exclude<Show, 'offline'>;
  readonly status: string;
}

export interface OwnPresenceOptions {
  readonly account: string;
  readonly settings: SettingsStore;
  /** whether the one of the last time is taken up again */
  readonly restore: boolean;
}

const SHOWS: readonly string[] = ['available', 'chat', 'away', 'xa', 'dnd'];
const isOwnShow = (show: string | undefined): show is OwnPresence['show'] => SHOWS.includes(show ?? '');

export function ownPresence({ account, settings, restore }: OwnPresenceOptions) {
  const show = settings.get(account, 'presence-show');
  let current: OwnPresence =
    restore && isOwnShow(show)
      ? { show, status: settings.get(account, 'presence-status') ?? '' }
      : { show: 'available', status: '' };
  return {
    get current(): OwnPresence {
      return current;
    },
    /** Takes what is to be said from now on, and at the next log-in. */
    save(wanted: Show, status: string): void {
      current = { show: isOwnShow(wanted) ? wanted : 'available', status };
      settings.set(account, 'presence-show', current.show);
      settings.set(account, 'presence-status', status);
    },
  };
}
