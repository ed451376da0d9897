/** A new account on its server (XEP-0077 §3.1), made on the secure stream before anybody logs in on it. */
import { XmppError } from '../xmpp/errors.ts';
import type { Form } from '../xmpp/forms.ts';
import {
  NS_STREAM_FEATURE,
  type RegistrationForm,
  register,
  registrationForm,
} from '../xmpp/registration.ts';
import { createSession, type PreAuthStream, type SessionOptions } from '../xmpp/session/create-session.ts';
import { withRegistrationStream } from '../xmpp/session/registration-stream.ts';
import { domainOf, localOf } from './address.ts';
import { type Filled, type FilledForm, formValues, readableForm } from './form.ts';
import { withMedia } from './form-media.ts';
import { ChatError } from './problem.ts';

const OWN_FIELDS: readonly string[] = ['username', 'password'];

async function ask(stream: PreAuthStream): Promise<RegistrationForm> {
  const form = await registrationForm(stream, stream.domain);
  if (form.form === undefined && form.fields.length === 0)
    throw form.url === undefined
      ? new ChatError('registration-closed', { domain: stream.domain, offered: 1 })
      : new ChatError('registration-elsewhere', { url: form.url, domain: stream.domain });
  return form;
}

/** What the server says no with: closed registration is one condition, however it is put. */
function refusal(error: unknown, stream: PreAuthStream): unknown {
  if (!(error instanceof XmppError)) return error;
  const closed = ['service-unavailable', 'not-allowed', 'forbidden', 'feature-not-implemented'].includes(
    error.condition,
  );
  const offered = stream.features.has('register', NS_STREAM_FEATURE);
  return closed
    ? new ChatError(
        'registration-closed',
        { domain: stream.domain, offered: offered ? 1 : 0 },
        { cause: error },
      )
    : error;
}

/** The server's form without user name and password; `folder`: where its pictures are saved. Rejects with ChatError `registration-closed`, `registration-elsewhere`. */
export async function fetchRegistrationForm(
  options: SessionOptions,
  { signal, folder }: { signal?: AbortSignal | undefined; folder?: string | undefined } = {},
): Promise<FilledForm> {
  const domain = domainOf(options.jid);
  return withRegistrationStream({ ...options, domain, signal }, async (stream) => {
    const form = await ask(stream).catch((error: unknown) => {
      throw refusal(error, stream);
    });
    const fields = fieldsOf(form);
    if (folder === undefined) return fields;
    return withMedia(fields, { session: stream, from: domain, data: form.data, folder });
  });
}

/** By these a server knows which question was answered (XEP-0158 §register): the account is made on another stream. */
function hiddenOf(form: Form | undefined): Filled | undefined {
  const hidden = form?.fields.filter(({ name, type }) => type === 'hidden' && name !== 'FORM_TYPE') ?? [];
  if (hidden.length === 0) return undefined;
  return Object.fromEntries(hidden.map(({ name, values }) => [name, values.join('\n')]));
}

function fieldsOf({ form, fields, instructions, url }: RegistrationForm): FilledForm {
  const readable =
    form === undefined
      ? {
          instructions: instructions ?? '',
          url,
          fields: fields.map((name) => ({ name, label: name, kind: 'text', required: true }) as const),
        }
      : readableForm(form, url);
  const shown = readable.fields.filter(({ name }) => !OWN_FIELDS.includes(name));
  return { ...readable, fields: shown, hidden: hiddenOf(form) };
}

/**
 * Makes the account and logs in with it once, on the same stream; `fields` answers what else the server asks for.
 * Rejects with ChatError `registration-closed`, `registration-elsewhere`; StanzaError `conflict`, `not-acceptable`,
 * `resource-constraint`; and as a log-in does.
 */
export async function registerAccount(
  options: SessionOptions,
  fields: Filled = {},
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const session = createSession({
    ...options,
    reconnect: 'never',
    beforeAuthentication: async (stream) => {
      try {
        const form = await ask(stream);
        const typed = form.form === undefined ? fields : textsOf(formValues(form.form, fields));
        const asked = Object.keys(hiddenOf(form.form) ?? {}).filter((name) => Object.hasOwn(fields, name));
        const known = Object.fromEntries(asked.map((name) => [name, fields[name] ?? '']));
        const values = new Map(
          Object.entries({
            ...typed,
            ...known,
            username: localOf(options.jid) ?? '',
            password: options.password,
          }),
        );
        await register(stream, stream.domain, form, values);
      } catch (error) {
        throw refusal(error, stream);
      }
    },
  });
  const stop = () => void session.close();
  signal?.addEventListener('abort', stop);
  try {
    signal?.throwIfAborted();
    await session.connect();
  } finally {
    signal?.removeEventListener('abort', stop);
    await session.close();
  }
}

function textsOf(values: ReturnType<typeof formValues>): Filled {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join('\n') : String(value),
  ]);
  return Object.fromEntries(entries) as Filled;
}
