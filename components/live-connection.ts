/**
 * The one connection over which this browser hears what happens, however many tabs it has open: one tab, the leader, holds a
 * lock and the stream and tells the others. When it closes, or falls silent, another takes over from where it is. Browsers
 * without locks and channels have a stream in each tab.
 *
 * It outlives the page that began it, because every page brings its own frame.
 */

/** Something was recorded: of what may not be read, only that there was something. */
export type LiveChange = { readonly pos: number; readonly type?: string; readonly order?: string };
export type LiveChanges = {
  /** Everything before this position is known by now. */
  readonly next: number;
  readonly changes: readonly LiveChange[];
  /** Too much happened, or too long ago, to say what. */
  readonly everything: boolean;
};
export type LivePerson = { readonly id: string; readonly name: string };
/** Everybody who looks at an order at the moment. */
export type LivePresence = { readonly order: string; readonly people: readonly LivePerson[] };

export type LiveState =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** What is shown is as of `since_ms`, on the server's clock. */
  | { readonly kind: "lost" | "signedOut"; readonly since_ms: number };

export type LiveStream = {
  addEventListener(kind: string, listener: (event: { data?: string }) => void): void;
  close(): void;
};
export type LiveChannel = {
  onmessage: ((event: { data: unknown }) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
};
/** What a connection needs of the browser. */
export type LiveBrowser = {
  open(address: string): LiveStream;
  channel: ((name: string) => LiveChannel) | null;
  /**
   * Calls `lead` once no other tab leads, and holds the lead until what it returns resolves. Rejects when `given up` is
   * aborted before, and when another tab takes the lead away.
   */
  lead:
    | ((
        name: string,
        how: { steal: boolean; givenUp: AbortSignal },
        lead: () => Promise<void>,
      ) => Promise<void>)
    | null;
  /** Whether this person is signed in still, and nobody else; null when the server cannot be asked. */
  signedIn(person: string): Promise<boolean | null>;
  hidden(): boolean;
  /** The server's clock, as well as it is known. */
  now_ms(): number;
};

type Frame = { kind: string; data: unknown };
type Told =
  | { tell: "frame"; frame: Frame }
  | { tell: "standing"; state: LiveState; next: number | null }
  | { tell: "ask" | "retry" };

export const silence_ms_max = 40_000;
const wait_ms_max = 30_000;
const batches_kept = 50;
const frames = ["hello", "changes", "beat", "presence", "bye"];

export class LiveConnection {
  readonly #browser: LiveBrowser;
  readonly #changesListeners = new Set<(changes: LiveChanges) => void>();
  readonly #presenceListeners = new Set<(presence: LivePresence) => void>();
  readonly #stateListeners = new Set<() => void>();
  #state: LiveState = { kind: "connecting" };
  #person: string | null = null;
  /** What this tab knows: everything before it. */
  #next: number | null = null;
  /** What was told lately, complete from this position on. */
  #recent: LiveChanges[] = [];
  #recentFrom: number | null = null;
  #channel: LiveChannel | null = null;
  #givenUp: AbortController | null = null;
  #release: (() => void) | null = null;
  #leads = false;
  #stream: LiveStream | null = null;
  #tries = 0;
  #heardAt_ms = 0;
  #retrying: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(browser: LiveBrowser) {
    this.#browser = browser;
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Whose connection it is; null while there is none. */
  get person(): string | null {
    return this.#person;
  }

  /**
   * Says that a page of this person is shown which knows the log up to `from`. What happened since is told to who listens by
   * now. Begins the connection, or goes on with it.
   */
  join(person: string, from: number | null): void {
    if (this.#person !== person) {
      this.stop();
      this.#person = person;
      this.#next = this.#recentFrom = from;
      this.#begin();
      return;
    }
    if (this.#next === null) this.#next = this.#recentFrom = from;
    else if (from === null || from < this.#next) this.#tellSince(from);
  }

  /** Ends the connection; another tab takes the lead. */
  stop(): void {
    this.#person = null;
    this.#leads = false;
    clearTimeout(this.#retrying);
    clearTimeout(this.#silence);
    this.#closeStream();
    this.#givenUp?.abort();
    this.#release?.();
    this.#channel?.close();
    this.#givenUp = this.#release = this.#channel = this.#next = this.#recentFrom = null;
    this.#recent = [];
    this.#setState({ kind: "connecting" });
  }

  /** Tries at once: the network is back, somebody looks again or asks for it. */
  retry(): void {
    if (this.#person === null || this.#state.kind === "live") return;
    if (this.#leads) {
      this.#tries = 0;
      this.#connect();
    } else this.#post({ tell: "retry" });
  }

  /** The session of this browser is over: what is open is nobody's. */
  signedOut(): void {
    if (this.#person !== null) this.#leave();
  }

  /** The network is gone: what is open is of no use. */
  lose(): void {
    if (this.#leads && this.#stream) this.#lost();
  }

  /** The tab was frozen or kept aside: what it heard of by then may be old. */
  resume(): void {
    if (this.#person === null) return;
    if (this.#leads) this.#connect();
    else this.#post({ tell: "ask" });
  }

  onChanges(listener: (changes: LiveChanges) => void): () => void {
    this.#changesListeners.add(listener);
    return () => void this.#changesListeners.delete(listener);
  }

  onPresence(listener: (presence: LivePresence) => void): () => void {
    this.#presenceListeners.add(listener);
    return () => void this.#presenceListeners.delete(listener);
  }

  onState(listener: () => void): () => void {
    this.#stateListeners.add(listener);
    return () => void this.#stateListeners.delete(listener);
  }

  #begin(): void {
    const { channel, lead } = this.#browser;
    this.#heardAt_ms = this.#browser.now_ms();
    if (!channel || !lead) {
      this.#leads = true;
      this.#connect();
      return;
    }
    this.#channel = channel(`holdpoint-live ${this.#person}`);
    this.#channel.onmessage = ({ data }) => this.#hearTab(data as Told);
    this.#post({ tell: "ask" });
    this.#watchSilence();
    void this.#elect(false);
  }

  async #elect(steal: boolean): Promise<void> {
    const givenUp = new AbortController();
    this.#givenUp?.abort();
    this.#givenUp = givenUp;
    try {
      await this.#browser.lead!(`holdpoint-live ${this.#person}`, { steal, givenUp: givenUp.signal }, () => {
        if (givenUp.signal.aborted) return Promise.resolve();
        this.#leads = true;
        this.#connect();
        return new Promise((release) => {
          this.#release = release;
        });
      });
    } catch {
      // Stopped, or another tab has taken the lead.
    }
    if (this.#givenUp !== givenUp || givenUp.signal.aborted) return;
    this.#leads = false;
    this.#closeStream();
    this.#watchSilence();
    void this.#elect(false);
  }

  #connect(): void {
    clearTimeout(this.#retrying);
    this.#closeStream();
    const stream = this.#browser.open(this.#next === null ? "/live" : `/live?from=${this.#next}`);
    this.#stream = stream;
    for (const kind of frames)
      stream.addEventListener(kind, ({ data }) => {
        if (this.#stream === stream) this.#hear({ kind, data: JSON.parse(data ?? "null") });
      });
    stream.addEventListener("error", () => {
      if (this.#stream === stream) this.#lost();
    });
    this.#watchSilence();
  }

  #closeStream(): void {
    this.#stream?.close();
    this.#stream = null;
  }

  /** The leader's stream broke: what is shown stays, and it is tried again, later each time. */
  #lost(): void {
    this.#closeStream();
    clearTimeout(this.#silence);
    if (this.#state.kind !== "lost") this.#setState({ kind: "lost", since_ms: this.#heardAt_ms });
    else this.#post({ tell: "standing", state: this.#state, next: this.#next });
    const wait_ms = Math.min(wait_ms_max, 1_000 * 2 ** this.#tries++) * (0.5 + Math.random() / 2);
    clearTimeout(this.#retrying);
    this.#retrying = setTimeout(() => this.#retryLater(), wait_ms);
  }

  async #retryLater(): Promise<void> {
    const person = this.#person;
    if (person === null) return;
    // A stream that is refused does not say why.
    const signedIn = await this.#browser.signedIn(person);
    if (this.#person !== person || !this.#leads || this.#stream) return;
    if (signedIn) this.#connect();
    else if (signedIn === false) this.#leave();
    else this.#lost();
  }

  #hear(frame: Frame): void {
    this.#heardAt_ms = this.#browser.now_ms();
    this.#watchSilence();
    const data = frame.data as { next: number; person?: string; why?: string };
    switch (frame.kind) {
      case "hello":
        // Somebody else has signed in in another tab: the page is not theirs.
        if (data.person !== this.#person) {
          this.#leave();
          return;
        }
        this.#tries = 0;
        this.#setState({ kind: "live" });
        // Nobody knows how old the page is.
        if (this.#next === null) this.#tell({ next: data.next, changes: [], everything: true });
        break;
      case "changes": {
        const changes = frame.data as LiveChanges;
        if (changes.everything || this.#next === null || changes.next > this.#next) this.#tell(changes);
        break;
      }
      case "beat":
        this.#next = data.next;
        break;
      case "presence":
        for (const listener of this.#presenceListeners) listener(frame.data as LivePresence);
        break;
      case "bye":
        if (data.why === "signedOut") this.#leave();
        else this.#lost();
        return;
    }
    if (this.#leads) this.#post({ tell: "frame", frame });
  }

  #leave(): void {
    this.#closeStream();
    clearTimeout(this.#silence);
    this.#setState({ kind: "signedOut", since_ms: this.#heardAt_ms });
  }

  #hearTab(told: Told): void {
    switch (told.tell) {
      case "ask":
        if (this.#leads) this.#post({ tell: "standing", state: this.#state, next: this.#next });
        break;
      case "retry":
        if (this.#leads) this.retry();
        break;
      case "frame":
        if (!this.#leads) this.#hear(told.frame);
        break;
      case "standing":
        if (this.#leads) break;
        this.#heardAt_ms = this.#browser.now_ms();
        this.#watchSilence();
        this.#setState(told.state);
        if (told.next !== null && (this.#next === null || told.next > this.#next))
          this.#tell({ next: told.next, changes: [], everything: true });
        break;
    }
  }

  #post(told: Told): void {
    this.#channel?.postMessage(told);
  }

  /** A stream that is open and silent is dead; so is a leader. Only a tab that is looked at takes the lead from one. */
  #watchSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      if (this.#leads) this.#lost();
      else if (this.#browser.hidden()) this.#watchSilence();
      else void this.#elect(true);
    }, silence_ms_max);
  }

  #tell(changes: LiveChanges): void {
    this.#next = changes.next;
    this.#recent.push(changes);
    if (changes.everything) [this.#recent, this.#recentFrom] = [[], changes.next];
    else if (this.#recent.length > batches_kept) this.#recentFrom = this.#recent.shift()!.next;
    for (const listener of [...this.#changesListeners]) listener(changes);
  }

  /** For a page that was drawn before what this tab has heard since. */
  #tellSince(from: number | null): void {
    const everything = from === null || this.#recentFrom === null || from < this.#recentFrom;
    const since = everything
      ? []
      : this.#recent.flatMap((batch) => batch.changes).filter(({ pos }) => pos >= from);
    if (!everything && since.length === 0) return;
    for (const listener of [...this.#changesListeners])
      listener({ next: this.#next!, changes: since, everything });
  }

  #setState(state: LiveState): void {
    if (this.#state.kind === state.kind && state.kind !== "lost") return;
    this.#state = state;
    for (const listener of [...this.#stateListeners]) listener();
    if (this.#leads) this.#post({ tell: "standing", state, next: this.#next });
  }
}
