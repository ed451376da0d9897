/** What the adapter uses of @xmpp/client 0.14.0; the published types give `any` for half of it. */
declare module '@xmpp/client' {
  export function xml(name: string, attrs?: object, ...children: unknown[]): unknown;
}
