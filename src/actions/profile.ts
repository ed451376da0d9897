/** What one says of oneself, for everybody to read (XEP-0054). */
import { ChatError } from '../chat/problem.ts';
import { action } from './action.ts';
import { settings } from './form-values.ts';
import { nearest } from './nearest.ts';
import { notice } from './notices.ts';
import { many, text } from './params.ts';

/** Without changes it tells what is said, and what could be; an empty value takes a field away. */
export const profile = action({
  name: 'profile',
  needs: 'stream',
  params: { set: many(text()) },
  async run({ client }, { set = [] }) {
    const { fields } = client.profile;
    const changes = settings(set);
    for (const name of changes.keys()) {
      if (fields.some((field) => field === name)) continue;
      throw new ChatError('no-profile-field', {
        name,
        fields: fields.join(', '),
        nearest: nearest(name, fields) ?? '',
      });
    }
    const { account } = client;
    if (changes.size > 0) {
      await client.profile.change(Object.fromEntries(changes));
      return { kind: 'done', notice: notice('profile-saved', { jid: account }) };
    }
    return {
      kind: 'rows',
      rows: [{ type: 'profile', jid: account, fields, vcard: await client.profile.get() }],
      empty: notice('no-users', { query: account }),
    };
  },
});
