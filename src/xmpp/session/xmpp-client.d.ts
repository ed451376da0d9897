/** What the adapter uses of @xmpp/client and @xmpp/debug 0.14.0; the published types give `any` for half of it. */
declare module '@xmpp/client' {
  import type { EventEmitter } from 'node:events';

  export interface XmlBuilder {
    (name: string, attrs?: object, ...children: unknown[]): unknown;
    Element: new (name: string, attrs?: object) => unknown;
  }
  export const xml: XmlBuilder;

  /** One way of reaching a server, as the package's `_findTransport` wants it: everything on the prototype. */
  export class TransportClass {
    NS: string;
    Socket: new () => EventEmitter;
    Parser: new () => EventEmitter;
    socketParameters(service: string): unknown;
  }

  export interface Entity extends EventEmitter {
    status: string;
    /** milliseconds that it waits for the header of a stream; 0: for ever */
    timeout: number;
    parser: EventEmitter | null;
    transports: (typeof TransportClass)[];
    reconnect: { stop(): void };
    connect(service: string): Promise<unknown>;
    open(options: { domain: string; lang: string | undefined }): Promise<unknown>;
    restart(): Promise<unknown>;
    send(element: unknown): Promise<void>;
    write(text: string): Promise<void>;
  }
  export function client(options: {
    service: string;
    domain: string;
    lang?: string;
    timeout?: number;
    username?: string;
  }): Entity;
}

declare module '@xmpp/debug' {
  import type { EventEmitter } from 'node:events';

  /** Subscribes to `element`, `send`, `error` and `status`, and writes each with console.debug. */
  const debug: (entity: EventEmitter, force: boolean) => void;
  // biome-ignore lint/style/noDefaultExport: that is how the package exports it
  export default debug;
}
