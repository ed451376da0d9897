/** Rooms configured by their form. XEP-0045 §10.1.3, §10.2. */
import type { Form } from '../../xmpp/forms.ts';
import { configurationOf, configure } from '../../xmpp/muc/config.ts';
import { checkFilled, type Filled, type FilledForm, formValues, readableForm } from '../form.ts';
import { ChatError } from '../problem.ts';
import type { Linked } from './link.ts';

export function roomForms(linked: Linked) {
  const read = new Map<string, Form>();
  return {
    async read(room: string): Promise<FilledForm | undefined> {
      const form = await configurationOf(linked().session, room);
      if (form === undefined) return undefined;
      read.set(room, form);
      return readableForm(form);
    },
    async submit(room: string, filled: Filled): Promise<void> {
      const { session } = linked();
      const form = read.get(room) ?? (await configurationOf(session, room));
      if (form === undefined) throw new ChatError('nothing-to-configure', { room });
      checkFilled(given(readableForm(form), filled), filled);
      await configure(session, room, form, formValues(form, filled));
      read.delete(room);
    },
  };
}

export type RoomForms = ReturnType<typeof roomForms>;

/** What was filled in is checked; what is needed beside that the room knows better (an instant room fills in nothing). */
const given = ({ fields }: FilledForm, filled: Filled) => ({
  fields: fields.filter(({ name }) => Object.hasOwn(filled, name)),
});
