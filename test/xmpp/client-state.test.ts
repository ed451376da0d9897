import { expect, it } from 'vitest';
import { clientState, NS_CSI } from '../../src/xmpp/client-state.ts';
import { FakeSession } from '../support/fake-session.ts';

function start(offered = true) {
  const session = new FakeSession();
  if (offered) session.streamFeatures.add(`${NS_CSI} csi`);
  return {
    session,
    state: clientState(session),
    told: () => session.take().map((nonza) => nonza.toString()),
  };
}
const INACTIVE = `<inactive xmlns="${NS_CSI}"/>`;
const ACTIVE = `<active xmlns="${NS_CSI}"/>`;

it('tells a change, and nothing twice (XEP-0352 §4.2)', () => {
  const { state, told } = start();
  state.active();
  state.inactive();
  state.inactive();
  state.active();
  expect(told()).toEqual([INACTIVE, ACTIVE]);
});

it('says nothing where the stream does not offer it (XEP-0352 §4.1)', () => {
  const { state, told } = start(false);
  state.inactive();
  expect(told()).toEqual([]);
});

it.each(['renew', 'resume'] as const)(
  'says it again after a stream began with %s (XEP-0352 §5.2)',
  (begin) => {
    const { session, state, told } = start();
    state.inactive();
    session.drop({ resumable: begin === 'resume' });
    told();
    session[begin]();
    expect(told()).toEqual([INACTIVE]);
  },
);

it('keeps for the next stream what changed without one', () => {
  const { session, state, told } = start();
  session.drop();
  state.inactive();
  expect(told()).toEqual([]);
  session.renew();
  expect(told()).toEqual([INACTIVE]);
});

it('does not call a stream active that begins so (XEP-0352 §4.2)', () => {
  const { session, state, told } = start();
  state.inactive();
  session.drop();
  state.active();
  told();
  session.renew();
  expect(told()).toEqual([]);
});
