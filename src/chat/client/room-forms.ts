/** Rooms configured by their form. XEP-0045 §10.1.3, §10.2. */
import type { Form } from '../../xmpp/forms.ts';
import { configurationOf, configure } from '../../xmpp/muc/config.ts';
import { type Filled, type FilledForm, formValues, readableForm } from '../form.ts';
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
      await configure(session, room, form, formValues(form, filled));
      read.delete(room);
    },
  };
}
