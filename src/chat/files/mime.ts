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

/** MIME type of a file with that name that begins so; `application/octet-stream` where nothing tells. */
export function mimeOf(name: string, begins: Uint8Array): string {
  const hex = Buffer.from(begins.subarray(0, SNIFFED)).toString('hex');
  const byContent = BEGINNINGS.find(([beginning]) => beginning.test(hex))?.[1];
  const extension = splitName(name)[1].toLowerCase();
  const byName = Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
  if (byContent !== undefined && !(SAYS_MORE.includes(byContent) && byName !== undefined)) return byContent;
  return byName ?? byContent ?? UNKNOWN;
}
