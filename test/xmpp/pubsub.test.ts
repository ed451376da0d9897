import { describe, expect, it } from 'vitest';
import { xOptions } from '../../src/xmpp/forms.ts';
import { NS_PUBSUB, NS_PUBSUB_EVENT, NS_PUBSUB_OWNER, parseEvent, pubsub } from '../../src/xmpp/pubsub.ts';
import { type Element, x } from '../../src/xmpp/stanza.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

const NODE = 'urn:example:notes';
const OPTIONS = { 'pubsub#access_model': 'whitelist', 'pubsub#persist_items': true };
const refusal = (condition: string) =>
  `<error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><precondition-not-met xmlns='${NS_PUBSUB}#errors'/></error>`;
const event = (inner: string, from = "from='juliet@example.org'") =>
  `<message type='headline' ${from}><event xmlns='${NS_PUBSUB_EVENT}'>${inner}</event></message>`;
const items = `<items node='${NODE}'><item id='i1'><note xmlns='urn:example'>hi</note></item><retract id='i0'/></items>`;

function start(takesOptions = true) {
  const session = new FakeSession();
  const features: string[] = [];
  const disco = {
    addFeature: (ns: string) => void features.push(ns),
    supports: async (jid: string, feature: string) =>
      takesOptions && jid === session.account && feature === `${NS_PUBSUB}#publish-options`,
  };
  return { session, features, api: pubsub(session, { disco }) };
}

/** a service with one node whose access model is `model` and changes only when `changes` */
function withNode(session: FakeSession, node: { model: string; changes: boolean; refuses?: string }) {
  const steps: string[] = [];
  session.whenAsked('set', 'pubsub', NS_PUBSUB, (iq) => {
    const pubsubElement = iq.getChild('pubsub', NS_PUBSUB);
    const [first] = pubsubElement?.getChildElements() ?? [];
    const optional = pubsubElement?.getChild('publish-options', NS_PUBSUB) !== undefined;
    steps.push(`${first?.getName()}${optional ? ' with options' : ''}`);
    if (first?.getName() === 'create') return refusal('conflict');
    if (optional && node.refuses && iq.toString().includes(node.refuses))
      return refusal('resource-constraint');
    return optional && node.model !== 'whitelist' ? refusal('conflict') : '';
  });
  session.whenAsked('get', 'pubsub', NS_PUBSUB_OWNER, () => {
    const form = xOptions(`${NS_PUBSUB}#node_config`, {
      'pubsub#access_model': node.model,
      'pubsub#persist_items': false,
    });
    form.attrs.type = 'form';
    return x('pubsub', { xmlns: NS_PUBSUB_OWNER }, x('configure', { node: NODE }, form));
  });
  session.whenAsked('set', 'pubsub', NS_PUBSUB_OWNER, (iq: Element) => {
    steps.push('configure');
    if (node.changes && iq.toString().includes('whitelist')) node.model = 'whitelist';
    return '';
  });
  return steps;
}

describe('publish (XEP-0060 §7.1)', () => {
  it('says what the node must be like (§7.1.5)', async () => {
    const { session, api } = start();
    session.whenAsked('set', 'pubsub', NS_PUBSUB, '');
    expect(await api.publish(NODE, x('note', { xmlns: 'urn:example' }), { id: 'i1', options: OPTIONS })).toBe(
      'i1',
    );
    const sent = session.take()[0]?.getChild('pubsub', NS_PUBSUB)?.toString() ?? '';
    expect(sent).toContain(
      `<publish node="${NODE}"><item id="i1"><note xmlns="urn:example"/></item></publish>`,
    );
    expect(sent).toContain('<field var="pubsub#access_model"><value>whitelist</value></field>');
    expect(sent).toContain('#publish-options');
  });

  it('configures the node where it is not so, and looks before it publishes', async () => {
    const { session, api } = start();
    const steps = withNode(session, { model: 'open', changes: true });
    await api.publish(NODE, x('note'), { options: OPTIONS });
    expect(steps).toEqual(['publish with options', 'create', 'configure', 'publish with options']);
  });

  it('guards what goes into a node where the service refuses the other options, once it is made', async () => {
    const { session, api } = start();
    const steps = withNode(session, { model: 'open', changes: true, refuses: 'persist_items' });
    await api.publish(NODE, x('note'), { options: OPTIONS });
    await api.publish(NODE, x('note'), { options: OPTIONS });
    const guarded = ['publish with options', 'create', 'configure', 'publish with options'];
    expect(steps).toEqual([...guarded, 'publish with options']);
    session.renew();
    await api.publish(NODE, x('note'), { options: OPTIONS });
    expect(steps.slice(5)).toEqual(guarded);
  });

  it('makes the node first where the service knows no options: it would pass over them', async () => {
    const { session, api } = start(false);
    const steps = withNode(session, { model: 'open', changes: true, refuses: 'access_model' });
    await api.publish(NODE, x('note'), { options: OPTIONS });
    expect(steps).toEqual(['create', 'configure', 'publish with options', 'publish']);
  });

  it('publishes nothing private into a node that others can read', async () => {
    const { session, api } = start();
    const steps = withNode(session, { model: 'open', changes: false });
    await expect(api.publish(NODE, x('note'), { options: OPTIONS })).rejects.toMatchObject({
      condition: 'precondition-not-met',
    });
    expect(steps).not.toContain('publish');
  });

  it('passes on other errors', async () => {
    const { session, api } = start();
    session.whenAsked('set', 'pubsub', NS_PUBSUB, refusal('forbidden'));
    await expect(api.publish(NODE, x('note'), { options: OPTIONS })).rejects.toMatchObject({
      condition: 'forbidden',
    });
    expect(session.take()).toHaveLength(1);
  });
});

describe('items', () => {
  it('are read, all or some (XEP-0060 §6.5)', async () => {
    const { session, api } = start();
    session.whenAsked('get', 'pubsub', NS_PUBSUB, `<pubsub xmlns='${NS_PUBSUB}'>${items}</pubsub>`);
    const found = await api.items(NODE, { service: 'romeo@example.net', ids: ['i1'], max: 5 });
    expect(found.map(({ id, payload }) => [id, payload?.getText()])).toEqual([['i1', 'hi']]);
    const [asked] = session.take();
    expect(asked?.attrs.to).toBe('romeo@example.net');
    expect(asked?.toString()).toContain(`<items node="${NODE}" max_items="5"><item id="i1"/></items>`);
  });

  it('are taken away, as nodes are (XEP-0060 §7.2, §8.4)', async () => {
    const { session, api } = start();
    session.whenAsked('set', 'pubsub', NS_PUBSUB, '');
    session.whenAsked('set', 'pubsub', NS_PUBSUB_OWNER, '');
    await api.retract(NODE, 'i1');
    await api.delete(NODE);
    const [retract, remove] = session.take().map((iq) => iq.toString());
    expect(retract).toContain(`<retract node="${NODE}" notify="true"><item id="i1"/></retract>`);
    expect(remove).toContain(`<delete node="${NODE}"/>`);
  });
});

describe('events', () => {
  it('are read (XEP-0060 §7.1.2, §7.2.2, §8.4.2, §8.5.2)', () => {
    const read = (inner: string) => parseEvent(parse(event(inner)), 'juliet@example.org');
    expect(read(items)).toMatchObject({ node: NODE, retracted: ['i0'], purged: false, deleted: false });
    expect(read(items)?.items[0]?.payload?.getText()).toBe('hi');
    expect(read(`<purge node='${NODE}'/>`)?.purged).toBe(true);
    expect(read(`<delete node='${NODE}'/>`)?.deleted).toBe(true);
    expect(read('<items/>')).toBeUndefined();
    expect(read(`<items xmlns='urn:evil' node='${NODE}'/>`)).toBeUndefined();
    expect(read(`<collection node='${NODE}'/>`)).toBeUndefined();
    expect(parseEvent(parse('<message/>'), 'a@b')).toBeUndefined();
  });

  it('of private nodes count from the own bare JID only', () => {
    const { session, api, features } = start();
    const seen: string[] = [];
    api.onEvent(NODE, ({ from }) => seen.push(`private ${from}`), { private: true });
    const stop = api.onEvent(NODE, ({ from }) => seen.push(`public ${from}`), { private: false });
    expect(features).toEqual([`${NODE}+notify`, `${NODE}+notify`]);
    for (const from of ['romeo@example.net', 'juliet@example.org/other', 'example.org'])
      session.receive(event(items, `from='${from}'`));
    expect(seen).toEqual(['public romeo@example.net', 'public juliet@example.org', 'public example.org']);
    seen.length = 0;
    stop();
    session.receive(event(items));
    session.receive(event(items, ''));
    expect(seen).toEqual(['private juliet@example.org', 'private juliet@example.org']);
  });

  it('of other nodes are ignored, as are errors', () => {
    const { session, api } = start();
    const seen: string[] = [];
    api.onEvent('urn:example:other', ({ node }) => seen.push(node), { private: false });
    session.receive(event(items));
    session.receive(event(items).replace("'headline'", "'error'").replace(NODE, 'urn:example:other'));
    expect(seen).toEqual([]);
  });
});
