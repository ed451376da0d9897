/** Everything known of one person, label by label. */
import type { UserDetails } from '../../chat/people.ts';
import { sanitize } from '../sanitize.ts';
import { whyOf } from '../sentences.ts';
import { span, stamp } from './formats.ts';
import { type RenderOptions, subscriptionText } from './options.ts';
import { listText } from './table.ts';

export function detailsText(details: UserDetails, { words, theme }: RenderOptions): string {
  const labels = words.tables.details;
  const { subscription, ask } = details;
  return listText(
    [
      [labels.jid, theme.bold(sanitize(details.jid))],
      [labels.failure, details.failure === undefined ? '' : whyOf(words, details.failure, undefined, 'user')],
      [labels.name, sanitize(details.name ?? '')],
      [labels.groups, (details.groups ?? []).map((group) => sanitize(group)).join(', ')],
      [
        labels.subscription,
        subscription === undefined ? '' : subscriptionText({ subscription, ask: ask === true }, words),
      ],
      [labels.blocked, details.blocked === true ? words.words.yes : ''],
      [labels.resource, resources(details, words)],
      [labels.lastSeen, details.lastSeen === undefined ? '' : stamp(details.lastSeen)],
      ...vcard(details, words),
      [labels.sharedRooms, rooms(details, words)],
    ],
    theme,
  );
}

type Words = RenderOptions['words'];

/** One line for each connected program: resource, show, status message, client, local time, idle time. */
function resources({ resources: all, failure }: UserDetails, words: Words): string {
  const labels = words.tables.details;
  if (all.length === 0) return failure === undefined ? labels.offline : '';
  return all
    .map(({ resource, show, status, priority, client, time, idleSeconds }) => {
      const parts = [
        resource,
        status === '' ? words.words.shows[show] : `${words.words.shows[show]}: ${status}`,
        `${labels.priority} ${priority}`,
        client ?? '',
        time === undefined ? '' : `${labels.time}: ${time}`,
        idleSeconds === undefined ? '' : `${labels.idle}: ${span(idleSeconds, words)}`,
      ];
      return parts
        .filter((part) => part !== '')
        .map((part) => sanitize(part))
        .join(' · ');
    })
    .join('\n');
}

function vcard({ vcard: fields = {} }: UserDetails, words: Words): [string, string][] {
  const labels: Readonly<Record<string, string>> = words.tables.vcard;
  return Object.entries(fields).map(([name, value]) => {
    const known = Object.hasOwn(labels, name) ? labels[name] : undefined;
    return [known ?? sanitize(name), sanitize(value, { lines: '' })];
  });
}

function rooms({ sharedRooms }: UserDetails, words: Words): string {
  return sharedRooms
    .map(({ room, nick }) => words.notifications.inRoom(sanitize(nick), sanitize(room)))
    .join('\n');
}
