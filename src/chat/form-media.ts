/** Pictures and sounds of a form that its sender keeps itself (XEP-0231): saved, so that a person can look at them. */
import { type BitOfBinary, fetchData, isCid } from '../xmpp/bob.ts';
import type { Session } from '../xmpp/session/session.ts';
import { extensionOf } from './files/mime.ts';
import { safeName } from './files/names.ts';
import { folderError, freeSpace, partFile } from './files/part-file.ts';
import type { FilledForm, FormField } from './form.ts';

/** saved for one form */
const MOST = 8;

export interface FormMediaOptions {
  readonly session: Pick<Session, 'request'>;
  /** JID of whose form it is */
  readonly from: string;
  /** what came along with it */
  readonly data?: readonly BitOfBinary[] | undefined;
  /** folder to save in */
  readonly folder: string;
}

/** As `withMedia`, by the connection that there is; throws ChatError `offline` where there is none. */
export type MediaSaver = (
  form: FilledForm,
  from: string,
  data?: readonly BitOfBinary[],
) => Promise<FilledForm>;

async function save(folder: string, { bytes }: BitOfBinary): Promise<string> {
  try {
    await freeSpace(folder);
    // By its content: what it is claimed to be decides nothing.
    const part = await partFile(folder, safeName(`form${extensionOf(bytes) ?? ''}`));
    try {
      await part.write(bytes);
      return await part.finish();
    } catch (error) {
      await part.discard();
      throw error;
    }
  } catch (error) {
    throw folderError(error, folder);
  }
}

/** Saves what belongs to the fields of a form; what cannot be had, or is not what it says, is left out. */
export async function withMedia(form: FilledForm, options: FormMediaOptions): Promise<FilledForm> {
  const { session, from, data = [], folder } = options;
  let left = MOST;

  async function file(cid: string): Promise<string | undefined> {
    if (!isCid(cid) || left-- <= 0) return undefined;
    const known = data.find((bit) => bit.cid === cid);
    const bit = known ?? (await fetchData(session, from, cid).catch((): undefined => undefined));
    return bit && save(folder, bit);
  }

  async function saved(field: FormField): Promise<FormField> {
    const files: string[] = [];
    for (const cid of field.bits ?? []) {
      const path = await file(cid);
      // Of several formats of one thing the first that can be had is enough.
      if (path !== undefined) {
        files.push(path);
        break;
      }
    }
    return files.length === 0 ? field : { ...field, files };
  }

  const fields: FormField[] = [];
  for (const field of form.fields) fields.push(await saved(field));
  return { ...form, fields };
}
