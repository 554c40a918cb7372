/**
 * The stream of one run, as it comes and without a gap: over a WebSocket; where a proxy blocks those, as server-sent
 * events. After a break it goes on behind the last message that was seen.
 */
import { type Cursor, isBehind, type Message, shownCursor, START } from "./messages";

export type Connection = "connecting" | "live" | "lost" | "ended" | "missing";

export interface Listener {
  onMessages: (messages: Message[]) => void;
  onConnection: (state: Connection) => void;
}

interface Network {
  socket: (address: string) => WebSocket;
  events: (address: string) => EventSource;
}

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 8_000;
const PING_MS = 15_000;
const SILENCE_MS = 40_000;
const SOCKET_TRIES = 2; // that never opened, before events are used instead
const browser: Network = {
  socket: (address) => new WebSocket(address),
  events: (address) => new EventSource(address),
};

/** Follow a run from `after` on. The answer stops it. */
export function follow(executionId: string, listener: Listener, after: Cursor = START, network = browser): () => void {
  const path = encodeURIComponent(executionId);
  let cursor = after;
  let wait = FIRST_WAIT_MS;
  let refusals = 0;
  let stopped = false;
  let close: () => void = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;

  const take = (messages: Message[]) => {
    const fresh = messages.filter((message) => !isBehind(message, cursor));
    const last = fresh.at(-1);
    if (!last) return;
    cursor = { seq: last.seq, part: last.part };
    listener.onMessages(fresh);
    if (fresh.some((message) => message.type === "completion")) end("ended");
  };
  const end = (state: "ended" | "missing") => {
    if (stopped) return;
    stop();
    listener.onConnection(state);
  };
  const again = () => {
    if (stopped) return;
    listener.onConnection("lost");
    timer = setTimeout(connect, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  };
  const opened = () => {
    wait = FIRST_WAIT_MS;
    listener.onConnection("live");
  };

  const overSocket = () => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const query = `after=${shownCursor(cursor)}&batch=1`;
    const socket = network.socket(`${scheme}://${location.host}/api/ws/executions/${path}?${query}`);
    let open = false;
    let heard = Date.now();
    const beat = setInterval(() => {
      if (Date.now() - heard > SILENCE_MS) socket.close();
      else if (open) socket.send("ping");
    }, PING_MS);
    close = () => {
      clearInterval(beat);
      // Browsers complain about sockets that are closed before they were open.
      if (open) socket.close();
      else socket.addEventListener("open", () => socket.close());
    };
    socket.addEventListener("open", () => {
      open = true;
      refusals = 0;
      opened();
    });
    socket.addEventListener("message", ({ data }) => {
      heard = Date.now();
      if (!stopped) take(readFrame(String(data)));
    });
    socket.addEventListener("close", ({ code }) => {
      clearInterval(beat);
      if (stopped) return;
      if (code === 4404) return end("missing");
      if (code === 1000) return end("ended");
      if (!open) refusals += 1;
      again();
    });
  };

  const overEvents = () => {
    const events = network.events(`/api/executions/${path}/events?view=messages&after=${shownCursor(cursor)}`);
    close = () => events.close();
    events.addEventListener("open", opened);
    events.addEventListener("message", ({ data }) => {
      if (!stopped) take(readFrame(String(data)));
    });
    events.addEventListener("error", () => {
      // Its own attempts would start from an older cursor than ours.
      events.close();
      refusals = 0;
      again();
    });
  };

  const connect = () => {
    if (refusals >= SOCKET_TRIES) overEvents();
    else overSocket();
  };
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
    close();
  };

  listener.onConnection("connecting");
  connect();
  return stop;
}

/** The messages in one frame. What is not numbered (answers to pings, refusals) says nothing about the run. */
export function readFrame(text: string): Message[] {
  const frame: unknown = JSON.parse(text);
  const list = isRecord(frame) && frame.type === "batch" && Array.isArray(frame.events) ? frame.events : [frame];
  return list.filter((one): one is Message => isRecord(one) && typeof one.seq === "number");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
