/** What kind of file it is: by how its content begins, else by its name. A claim of others is shown, never acted upon. */
import { splitName } from './names.ts';

/** bytes at the beginning that are looked at */
export const SNIFFED = 32;
const UNKNOWN = 'application/octet-stream';

/** The common few, by the bytes they begin with (in hex, `..` is any); the first that fits. */
const BEGINNINGS: readonly (readonly [RegExp, string])[] = [
  [/^ffd8ff/, 'image/jpeg'],
  [/^89504e470d0a1a0a/, 'image/png'],
  [/^474946383[79]61/, 'image/gif'],
  [/^52494646.{8}57454250/, 'image/webp'],
  [/^.{8}6674797061766966/, 'image/avif'],
  [/^.{8}66747970(?:68656963|68656978|6d696631)/, 'image/heic'],
  [/^.{8}667479704d3441/, 'audio/mp4'],
  [/^.{8}6674797071742020/, 'video/quicktime'],
  [/^.{8}66747970/, 'video/mp4'],
  [/^1a45dfa3/, 'video/webm'],
  [/^4f676753.{48}4f70757348656164/, 'audio/opus'],
  [/^4f676753/, 'audio/ogg'],
  [/^664c6143/, 'audio/flac'],
  [/^(?:494433|fffb|fff3|fff2)/, 'audio/mpeg'],
  [/^52494646.{8}57415645/, 'audio/wav'],
  [/^25504446/, 'application/pdf'],
  [/^504b0304/, 'application/zip'],
  [/^1f8b/, 'application/gzip'],
  [/^fd377a585a00/, 'application/x-xz'],
  [/^28b52ffd/, 'application/zstd'],
  [/^377abcaf271c/, 'application/x-7z-compressed'],
  [/^7f454c46/, 'application/x-elf'],
  [/^4d5a/, 'application/vnd.microsoft.portable-executable'],
  [/^2321/, 'text/x-shellscript'],
];

const EXTENSIONS: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.mp4': 'video/mp4',
  '.mp3': 'audio/mpeg',
  '.pdf': 'application/pdf',
  '.zip': 'application/zip',
  '.txt': 'text/plain',
  '.log': 'text/plain',
  '.md': 'text/markdown',
  '.csv': 'text/csv',
  '.html': 'text/html',
  '.json': 'application/json',
  '.xml': 'application/xml',
  '.svg': 'image/svg+xml',
  '.tar': 'application/x-tar',
  '.apk': 'application/vnd.android.package-archive',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.pptx': 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  '.odt': 'application/vnd.oasis.opendocument.text',
  '.ods': 'application/vnd.oasis.opendocument.spreadsheet',
  '.epub': 'application/epub+zip',
  '.jar': 'application/java-archive',
};

/** What a name ends with may only say more of what the content shows: a kind of archive. */
const SAYS_MORE: readonly string[] = ['application/zip'];

const byContent = (begins: Uint8Array): string | undefined => {
  const hex = Buffer.from(begins.subarray(0, SNIFFED)).toString('hex');
  return BEGINNINGS.find(([beginning]) => beginning.test(hex))?.[1];
};

function byName(name: string): string | undefined {
  const extension = splitName(name)[1].toLowerCase();
  return Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
}

/** What a content may be called as well: containers hold more than one kind, and programs have other names for some. */
const ALSO: readonly (readonly [content: RegExp, claims: RegExp])[] = [
  [/\/zip$/, /zip|openxmlformats|opendocument|java-archive|android\.package|xpinstall/],
  [/gzip$/, /gzip|tar|compressed/],
  [/^(?:audio|video)\//, /^(?:audio|video)\/|\/ogg$/],
  [/shellscript$/, /^text\/|script|-sh$|python|perl|ruby/],
  [/portable-executable$/, /msdownload|dosexec|msdos/],
  [/-elf$/, /executable|sharedlib|x-object/],
  [/jpeg$/, /^image\/p?jpe?g$/],
  [/heic$/, /^image\/hei[cf]$/],
];

/** What is said of a file, by its type or else by its name, where its content shows that it is something else. */
export function falseClaim(
  { name, mime }: { readonly name: string; readonly mime?: string | undefined },
  begins: Uint8Array,
): { readonly claimed: string; readonly content: string } | undefined {
  const content = byContent(begins);
  const said = mime?.split(';')[0]?.trim().toLowerCase();
  const claimed = said === undefined || said === '' || said === UNKNOWN ? byName(name) : said;
  if (content === undefined || claimed === undefined) return undefined;
  const plain = (type: string) => type.replace('/x-', '/');
  if (plain(content) === plain(claimed)) return undefined;
  if (ALSO.some(([kind, claims]) => kind.test(content) && claims.test(claimed))) return undefined;
  return { claimed, content };
}

/** MIME type of a file with that name that begins so; `application/octet-stream` where nothing tells. */
export function mimeOf(name: string, begins: Uint8Array): string {
  const content = byContent(begins);
  const named = byName(name);
  if (content !== undefined && !(SAYS_MORE.includes(content) && named !== undefined)) return content;
  return named ?? content ?? UNKNOWN;
}

const SHORT: Readonly<Record<string, string>> = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'audio/ogg': '.ogg',
  'audio/opus': '.opus',
  'audio/mpeg': '.mp3',
  'audio/wav': '.wav',
  'video/mp4': '.mp4',
  'video/webm': '.webm',
};

/** What a picture, a sound or a film is usually called by its content; undefined for anything else. */
export function extensionOf(bytes: Uint8Array): string | undefined {
  return SHORT[mimeOf('', bytes)];
}
