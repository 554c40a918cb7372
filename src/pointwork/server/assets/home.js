// The front page: what runs here, a demo run watched through the live stream, the latest runs.

const $ = (id) => document.getElementById(id);

async function api(path, options = {}) {
  const headers = options.body ? { "content-type": "application/json" } : {};
  const response = await fetch(path, { ...options, headers });
  const body = await response.json();
  if (!response.ok) throw new Error(`${body.detail} ${body.hint ?? ""}`.trim());
  return body;
}

function lamp(element, status, text = status) {
  element.dataset.status = status;
  element.textContent = text;
}

function element(tag, text = "", attributes = {}) {
  const made = Object.assign(document.createElement(tag), attributes);
  if (text) made.textContent = text;
  return made;
}

async function showHealth() {
  try {
    const response = await fetch("/health");
    const health = await response.json();
    lamp($("health"), health.status);
    $("version").textContent = health.version;
    $("journal").textContent = health.journal.path ?? health.journal.kind ?? "";
    const demo = "offline-demo: set OPENAI_API_KEY or OPENAI_BASE_URL and start again for a language model";
    $("models").textContent = health.model === "offline-demo" ? demo : health.model;
  } catch {
    lamp($("health"), "unhealthy", "no answer from the server");
  }
}

async function showRuns() {
  const runs = await api("/api/executions?limit=10");
  const body = $("runs").tBodies[0];
  body.replaceChildren(
    ...runs.map((run) => {
      const row = element("tr");
      const state = element("td");
      const status = element("span", "", { className: "lamp" });
      lamp(status, run.status);
      state.append(status);
      const link = element("td");
      link.append(element("a", run.execution_id, { href: `/api/executions/${encodeURIComponent(run.execution_id)}`, className: "mono" }));
      row.append(element("td", run.workflow_name || run.workflow_id || ""), state, element("td", new Date(run.created_at).toLocaleString()), link);
      return row;
    }),
  );
  $("runs").hidden = runs.length === 0;
  $("no-runs").hidden = runs.length > 0;
}

async function storeDemo() {
  const demo = await api("/assets/demo.json");
  const known = await api(`/api/workflows?q=${demo.id}`);
  return known.find(({ id }) => id === demo.id) ?? api("/api/workflows", { method: "POST", body: JSON.stringify(demo) });
}

function card(nodes, id) {
  if (!nodes.has(id)) {
    const item = element("li");
    const parts = { status: element("span", "", { className: "lamp" }), text: element("p", "", { className: "mono" }) };
    item.append(element("b", id), " ", parts.status, parts.text);
    $("nodes").append(item);
    nodes.set(id, parts);
  }
  return nodes.get(id);
}

function show(message, nodes) {
  $("stream").append(`${JSON.stringify(message)}\n`);
  $("stream").scrollTop = $("stream").scrollHeight;
  if (message.type === "status") lamp($("run-status"), message.status);
  if (message.type === "node_update") {
    const { status, output, error } = message.node_state;
    const parts = card(nodes, message.node_id);
    lamp(parts.status, status, status === "skipped" ? "not taken" : status);
    if (error) parts.text.textContent = error;
    else if (output !== null) parts.text.textContent = typeof output === "string" ? output : JSON.stringify(output);
  }
  if (message.type === "token") card(nodes, message.node_id).text.append(message.text);
}

function watch(executionId, nodes) {
  return new Promise((resolve) => {
    let cursor = "0";
    let tries = 0;
    const connect = () => {
      const scheme = location.protocol === "https:" ? "wss" : "ws";
      const socket = new WebSocket(`${scheme}://${location.host}/api/ws/executions/${executionId}?after=${cursor}`);
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(data);
        cursor = `${message.seq}.${message.part}`;
        tries = 0;
        show(message, nodes);
      };
      socket.onclose = ({ code }) => {
        if (code === 1000 || code >= 4000 || tries++ > 5) resolve();
        else setTimeout(connect, 300 * tries);
      };
    };
    connect();
  });
}

async function runDemo(event) {
  event.preventDefault();
  const button = event.submitter ?? event.target.querySelector("button");
  button.disabled = true;
  $("nodes").replaceChildren();
  $("stream").textContent = "";
  $("stream").hidden = false;
  try {
    const { id } = await storeDemo();
    const inputs = { question: $("question").value };
    const run = await api(`/api/workflows/${id}/execute`, { method: "POST", body: JSON.stringify({ inputs }) });
    await watch(run.execution_id, new Map());
    await showRuns();
  } catch (error) {
    lamp($("run-status"), "failed", error.message);
  } finally {
    button.disabled = false;
  }
}

function showCommands() {
  const json = "-H 'content-type: application/json'";
  const base = location.origin;
  const flow = {
    id: "hello",
    name: "Hello",
    nodes: [{ id: "start", type: "start" }, { id: "solver", type: "agent", agent_config: { tools: ["calculator"] } }, { id: "end", type: "end" }],
    edges: [{ source: "start", target: "solver" }, { source: "solver", target: "end" }],
  };
  $("curl-create").textContent = `curl ${base}/api/workflows ${json} -d '${JSON.stringify(flow)}'`;
  $("curl-run").textContent = `curl ${base}/api/workflows/hello/execute ${json} -d '{"inputs": {"question": "What is 7 * 8 + 2?"}, "execution_id": "hello-1"}'`;
  $("curl-watch").textContent = `curl -N '${base}/api/executions/hello-1/events?view=messages' -H 'accept: text/event-stream'\nwscat -c ${base.replace("http", "ws")}/api/ws/executions/hello-1`;
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText($(button.dataset.copy).textContent);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
  }
}

showCommands();
showHealth();
showRuns().catch(() => {});
$("demo").addEventListener("submit", runDemo);
