import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * A TCP proxy on 127.0.0.1 between a PostgreSQL client and its server, which goes wrong when it is told to and never by
 * itself: nothing here looks at a clock or rolls dice.
 *
 * A fault is armed for the next request, whichever connection it comes over; a connection that is still signing in makes
 * no request. `cutBeforeSending`: the server never sees it. `cutAfterAnswer`: the server has done it, committed and
 * answered, and the client hears of a cut connection instead. `delayAnswer`: done and answered, and the answer waits in
 * `held` until `deliver` is called.
 */
export type ProxyFault = "cutBeforeSending" | "cutAfterAnswer" | "delayAnswer";

/** An answer the server has given and the client has not heard. */
export type HeldAnswer = { deliver(): void; cut(): void };

export class FaultProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #armed: ProxyFault | null = null;
  #onHeld: ((answer: HeldAnswer) => void) | null = null;
  #refusing = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on a free port and passes everything on to the server in `databaseUrl`. */
  static async open(databaseUrl: string): Promise<FaultProxy> {
    const { hostname, port } = new URL(databaseUrl);
    const server = createServer();
    const proxy = new FaultProxy(server);
    server.on("connection", (client) => proxy.#serve(client, hostname, Number(port || 5432)));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    return proxy;
  }

  /** The same database, by way of this proxy. */
  through(databaseUrl: string): string {
    const address = this.#server.address();
    if (typeof address !== "object" || !address) throw new Error("the proxy is closed");
    const url = new URL(databaseUrl);
    url.hostname = "127.0.0.1";
    url.port = String(address.port);
    return url.href;
  }

  /** What the next request meets. With `delayAnswer` the promise gives the answer once the server has made it. */
  arm(fault: ProxyFault): Promise<HeldAnswer> {
    this.#armed = fault;
    return new Promise((resolve) => {
      this.#onHeld = resolve;
    });
  }

  /** Takes a fault back that no request has met: there may be no connection to send one over. */
  disarm(): void {
    this.#armed = null;
  }

  /** While refusing, every connection is cut and none is taken: the database is away. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
    if (refusing) for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(client: Socket, host: string, port: number): void {
    if (this.#refusing) {
      client.destroy();
      return;
    }
    const server = connect({ host, port });
    const connection = new ProxiedConnection(client, server, () => {
      const fault = this.#armed;
      this.#armed = null;
      return fault;
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one);
      one.setNoDelay(true);
      // A cut is what this is for: both ends hear of it by the socket's end.
      one.on("error", () => {});
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
    client.on("data", (bytes) => connection.asked(bytes));
    server.on("data", (bytes) => connection.answered(bytes, (answer) => this.#onHeld?.(answer)));
  }
}

/** "Z": ready for query. The server sends it when signing in is over and after every answer. */
const readyForQuery = 0x5a;
const header_bytes = 5;

class ProxiedConnection {
  #signedIn = false;
  #asking = false;
  #fault: ProxyFault | null = null;
  #withheld: Buffer[] = [];
  /** Bytes of a message that began in an earlier chunk: a message's type and length may be cut anywhere. */
  #unread = Buffer.alloc(0);

  constructor(
    readonly client: Socket,
    readonly server: Socket,
    readonly takeFault: () => ProxyFault | null,
  ) {}

  asked(bytes: Buffer): void {
    if (this.#signedIn && !this.#asking) {
      this.#asking = true;
      this.#fault = this.takeFault();
      if (this.#fault === "cutBeforeSending") {
        this.#cut();
        return;
      }
    }
    this.server.write(bytes);
  }

  answered(bytes: Buffer, held: (answer: HeldAnswer) => void): void {
    const complete = this.#completes(bytes);
    if (this.#fault === null) this.client.write(bytes);
    else this.#withheld.push(bytes);
    if (!complete) return;
    this.#signedIn = true;
    this.#asking = false;
    if (this.#fault === "cutAfterAnswer") this.#cut();
    else if (this.#fault === "delayAnswer") {
      const answer = Buffer.concat(this.#withheld);
      held({ deliver: () => this.client.write(answer), cut: () => this.#cut() });
    }
    this.#fault = null;
    this.#withheld = [];
  }

  /** Whether these bytes end with the server being ready for the next request. */
  #completes(bytes: Buffer): boolean {
    const unread = this.#unread.length > 0 ? Buffer.concat([this.#unread, bytes]) : bytes;
    let at = 0;
    let last = 0;
    while (at + header_bytes <= unread.length) {
      const end = at + 1 + unread.readUInt32BE(at + 1);
      if (end > unread.length) break;
      last = unread[at]!;
      at = end;
    }
    this.#unread = Buffer.from(unread.subarray(at));
    return at === unread.length && last === readyForQuery;
  }

  #cut(): void {
    this.client.destroy();
    this.server.destroy();
  }
}
