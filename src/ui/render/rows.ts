/** Rows of an action as tables: the columns of each type (product §2). */
import type { Row } from '../../actions/rows.ts';
import type { Affiliated } from '../../chat/client/room-administration.ts';
import type { Contact, FileTransfer, Request, Resource, Show } from '../../chat/events.ts';
import type { FormField } from '../../chat/form.ts';
import type { Device, RoomRow, UserRow } from '../../chat/people.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { brief, sanitize } from '../sanitize.ts';
import { archivingText } from './archiving.ts';
import { checkText } from './check.ts';
import { detailsText } from './details.ts';
import { size, span, stamp } from './formats.ts';
import { historyText, versionsText } from './history.ts';
import { type RenderOptions, subscriptionText } from './options.ts';
import { profileText } from './profile.ts';
import { roomMarks } from './room-marks.ts';
import { settingsText } from './settings.ts';
import { type Column, tableText } from './table.ts';

/** Takes rows of one type; gives their lines, '' for none. */
export function rowsText(rows: readonly Row[], options: RenderOptions): string {
  const [first] = rows;
  if (first === undefined) return '';
  const columns = <R>(make: (rows: readonly R[], options: RenderOptions) => Column[], picked: readonly R[]) =>
    tableText(make(picked, options), options.theme, options.columns);
  const pick = <R>(of: (row: Row) => R | undefined) => rows.flatMap((row) => of(row) ?? []);
  switch (first.type) {
    case 'contact':
      return columns(
        contactColumns,
        pick((row) => (row.type === 'contact' ? row.contact : undefined)),
      );
    case 'user':
      return columns(
        userColumns,
        pick((row) => (row.type === 'user' ? row.user : undefined)),
      );
    case 'device':
      return columns(
        deviceColumns,
        pick((row) => (row.type === 'device' ? row.device : undefined)),
      );
    case 'room':
      return columns(
        roomColumns,
        pick((row) => (row.type === 'room' ? row.room : undefined)),
      );
    case 'request':
      return columns(
        requestColumns,
        pick((row) => (row.type === 'request' ? row.request : undefined)),
      );
    case 'file':
      return columns(
        fileColumns,
        pick((row) => (row.type === 'file' ? row.file : undefined)),
      );
    case 'details':
      return pick((row) => (row.type === 'details' ? detailsText(row.details, options) : undefined)).join(
        '\n\n',
      );
    case 'message':
      return historyText(
        pick((row) => (row.type === 'message' ? row.message : undefined)),
        options,
      );
    case 'version':
      return versionsText(
        pick((row) => (row.type === 'version' ? row.version : undefined)),
        options,
      );
    case 'affiliated':
      return columns(
        affiliationColumns,
        pick((row) => (row.type === 'affiliated' ? row.entry : undefined)),
      );
    case 'check':
      return pick((row) => (row.type === 'check' ? checkText(row.check, options) : undefined)).join('\n');
    case 'field':
      return columns(
        fieldColumns,
        pick((row) => (row.type === 'field' ? row.field : undefined)),
      );
    case 'blocked':
      return pick((row) => (row.type === 'blocked' ? sanitize(row.jid) : undefined)).join('\n');
    case 'setting':
      return settingsText(
        pick((row) => (row.type === 'setting' ? row.setting : undefined)),
        options,
      );
    case 'profile':
      return pick((row) => (row.type === 'profile' ? profileText(row, options) : undefined)).join('\n\n');
    case 'archiving':
      return pick((row) =>
        row.type === 'archiving' ? archivingText(row.preferences, options) : undefined,
      ).join('\n');
  }
}

const SHOWS: readonly Show[] = ['chat', 'available', 'away', 'xa', 'dnd'];

/** Online ones first, as a person looks for them. */
function contactColumns(contacts: readonly Contact[], { words, theme }: RenderOptions): Column[] {
  const sorted = contacts.toSorted(
    (a, b) => Number(b.resources.length > 0) - Number(a.resources.length > 0) || compare(a, b),
  );
  const { columns } = words.tables;
  return [
    column(columns.name, sorted, ({ name }) => name, {
      shrinks: true,
      paint: (cell, row) => theme.person(sorted[row]?.jid ?? '', cell),
    }),
    column(columns.jid, sorted, ({ jid }) => jid),
    column(columns.status, sorted, ({ resources }) => resourcesText(resources, words), {
      shrinks: true,
      paint: (cell, row) =>
        (sorted[row]?.resources.length ?? 0) > 0 ? theme.success(cell) : theme.dim(cell),
    }),
    column(columns.subscription, sorted, (contact) => subscriptionText(contact, words)),
    column(columns.unread, sorted, ({ unread }) => (unread > 0 ? String(unread) : ''), { right: true }),
    column(columns.groups, sorted, ({ groups }) => groups.join(', '), { shrinks: true }),
    column(columns.lastSeen, sorted, (contact) => lastSeenText(contact, words)),
  ];
}

function compare(a: Contact, b: Contact): number {
  return (a.name || a.jid).localeCompare(b.name || b.jid);
}

/** `online (laptop): busy writing; away (phone)` */
export function resourcesText(resources: readonly Resource[], words: Catalogue): string {
  if (resources.length === 0) return words.words.shows.offline;
  return resources
    .toSorted((a, b) => SHOWS.indexOf(a.show) - SHOWS.indexOf(b.show))
    .map(({ show, resource, status }) => {
      const where = resource === '' ? '' : ` (${resource})`;
      return `${words.words.shows[show]}${where}${status === '' ? '' : `: ${status}`}`;
    })
    .join('; ');
}

function lastSeenText({ resources, lastSeen }: Contact, { words }: Catalogue): string {
  if (resources.length > 0) return words.now;
  return lastSeen === undefined ? '' : stamp(lastSeen);
}

function userColumns(users: readonly UserRow[], { words }: RenderOptions): Column[] {
  const { columns } = words.tables;
  const mixed = users.some(({ from }) => from !== 'directory');
  return [
    column(columns.userName, users, ({ userName }) => userName ?? '', { shrinks: true }),
    column(columns.jid, users, ({ jid }) => jid),
    column(columns.email, users, ({ email }) => email ?? '', { shrinks: true }),
    column(columns.name, users, ({ name }) => name ?? '', { shrinks: true }),
    column(columns.from, users, ({ from }) => (mixed ? words.words.origins[from] : '')),
  ];
}

function deviceColumns(devices: readonly Device[], { words }: RenderOptions): Column[] {
  const { columns, thisDevice } = words.tables;
  const statusOf = ({ show, status }: Device) =>
    status === '' ? words.words.shows[show] : `${words.words.shows[show]}: ${status}`;
  return [
    column(columns.device, devices, ({ resource, current }) => (current ? thisDevice(resource) : resource)),
    column(columns.client, devices, ({ client }) => client ?? '', { shrinks: true }),
    column(columns.status, devices, statusOf, { shrinks: true }),
    column(columns.priority, devices, ({ priority }) => String(priority), { right: true }),
    column(columns.localTime, devices, ({ time }) => time ?? ''),
    column(columns.idle, devices, ({ idleSeconds }) =>
      idleSeconds === undefined ? '' : span(idleSeconds, words),
    ),
  ];
}

function roomColumns(rooms: readonly RoomRow[], { words }: RenderOptions): Column[] {
  const { columns } = words.tables;
  return [
    column(columns.room, rooms, ({ room }) => room),
    column(columns.name, rooms, ({ name }) => name, { shrinks: true }),
    column(columns.people, rooms, ({ occupants }) => (occupants === undefined ? '' : String(occupants)), {
      right: true,
    }),
    column(columns.marks, rooms, (room) => roomMarks(room, words).join(', ')),
    column(columns.description, rooms, ({ description }) => description ?? '', { shrinks: true }),
  ];
}

function affiliationColumns(entries: readonly Affiliated[], { words }: RenderOptions): Column[] {
  const { columns } = words.tables;
  return [
    column(columns.jid, entries, ({ jid }) => jid),
    column(columns.affiliation, entries, ({ affiliation }) => words.words.affiliations[affiliation]),
    column(columns.nick, entries, ({ nick }) => nick ?? ''),
    column(columns.reason, entries, ({ reason }) => reason ?? '', { shrinks: true }),
  ];
}

function fieldColumns(fields: readonly FormField[], { words }: RenderOptions): Column[] {
  const { columns } = words.tables;
  const choices = ({ kind, options = [] }: FormField) =>
    kind === 'switch' ? '1, 0' : options.map(({ value }) => value).join(', ');
  return [
    column(columns.field, fields, ({ name }) => name),
    column(columns.value, fields, ({ kind, value }) => (kind === 'password' ? '' : (value ?? '')), {
      shrinks: true,
    }),
    column(columns.choices, fields, choices, { shrinks: true }),
    column(columns.description, fields, ({ label }) => label, { shrinks: true }),
  ];
}

function requestColumns(requests: readonly Request[], { words }: RenderOptions): Column[] {
  const { columns } = words.tables;
  return [
    column(columns.time, requests, ({ time }) => stamp(time)),
    column(columns.kind, requests, ({ kind }) => words.words.requests[kind]),
    column(columns.who, requests, ({ from }) => from),
    column(columns.room, requests, ({ room }) => room ?? ''),
    column(columns.file, requests, ({ name }) => name ?? '', { shrinks: true }),
    column(
      columns.size,
      requests,
      (request) => (request.size === undefined ? '' : size(request.size, words)),
      {
        right: true,
      },
    ),
    column(columns.text, requests, ({ text }) => text ?? '', { shrinks: true }),
  ];
}

function fileColumns(files: readonly FileTransfer[], { words }: RenderOptions): Column[] {
  const { columns } = words.tables;
  return [
    column(columns.file, files, ({ name }) => name, { shrinks: true }),
    column(columns.who, files, ({ peer }) => peer),
    column(columns.size, files, (file) => (file.size === undefined ? '' : size(file.size, words)), {
      right: true,
    }),
    column(columns.state, files, ({ state }) => words.words.transferStates[state]),
    // For --cancel-file.
    column(columns.id, files, ({ id }) => id),
  ];
}

function column<R>(
  title: string,
  rows: readonly R[],
  cell: (row: R) => string,
  more: Omit<Column, 'title' | 'cells'> = {},
): Column {
  // One row must not make all others as wide as it is, where nothing else limits them.
  const shown = more.shrinks === true ? brief : sanitize;
  return { title, cells: rows.map((row) => shown(cell(row))), ...more };
}
