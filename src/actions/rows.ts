/** The rows that actions give. `type` is also the `type` of the JSON line. */
import type { ArchivePreferences } from '../chat/archiving.ts';
import type { Check } from '../chat/checks.ts';
import type { Profile, ProfileField } from '../chat/client/profile.ts';
import type { Affiliated } from '../chat/client/room-administration.ts';
import type { Contact, FileTransfer, Request } from '../chat/events.ts';
import type { FormField } from '../chat/form.ts';
import type { Message, MessageVersion } from '../chat/message.ts';
import type { Device, RoomRow, UserDetails, UserRow } from '../chat/people.ts';
import type { SettingName } from '../chat/settings.ts';

/** A setting, and the values that it is offered with; the first is the default. */
export interface SettingRow {
  readonly name: SettingName;
  readonly value: string;
  readonly values: readonly string[];
}

export type Row =
  | { readonly type: 'contact'; readonly contact: Contact }
  | { readonly type: 'user'; readonly user: UserRow }
  | { readonly type: 'details'; readonly details: UserDetails }
  | { readonly type: 'device'; readonly device: Device }
  | { readonly type: 'room'; readonly room: RoomRow }
  | {
      readonly type: 'message';
      readonly message: Message;
      /** the texts that it had before, oldest first, where they are wanted */
      readonly versions?: readonly MessageVersion[];
    }
  | { readonly type: 'version'; readonly message: Message; readonly version: MessageVersion }
  | { readonly type: 'request'; readonly request: Request }
  | { readonly type: 'file'; readonly file: FileTransfer }
  | { readonly type: 'blocked'; readonly jid: string }
  | { readonly type: 'setting'; readonly setting: SettingRow }
  | { readonly type: 'archiving'; readonly preferences: ArchivePreferences }
  /** what one says of oneself; `fields`: what can be said */
  | {
      readonly type: 'profile';
      readonly jid: string;
      readonly fields: readonly ProfileField[];
      readonly vcard: Profile;
    }
  | { readonly type: 'affiliated'; readonly entry: Affiliated }
  | { readonly type: 'check'; readonly check: Check }
  /** what can be configured of a room */
  | { readonly type: 'field'; readonly room: string; readonly field: FormField };
