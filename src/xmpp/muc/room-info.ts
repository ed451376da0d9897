/** What a room says of itself by a form (XEP-0128). XEP-0045 §6.4, §15.5.3. */
import type { DiscoInfo } from '../disco.ts';
import { valuesOf } from '../forms.ts';

const FORM_TYPE = 'http://jabber.org/protocol/muc#roominfo';

/** The fields of its form by name; none where it has no form. */
export function roomInfoValues(info: DiscoInfo | undefined): ReadonlyMap<string, string> {
  const form = info?.forms.find(({ formType }) => formType === FORM_TYPE);
  return form ? valuesOf(form) : new Map();
}
